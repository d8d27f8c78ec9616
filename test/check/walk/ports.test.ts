import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { judge } from '../../../src/check/judge/judge.ts'
import type { RepositoryStore } from '../../../src/check/ports.ts'
import type { RepositoryReport } from '../../../src/check/records.ts'
import type { Depth } from '../../../src/check/rules.ts'
import { walk } from '../../../src/check/walk/walk.ts'
import { Blobs } from '../../../src/sources/distribution/repository/blobs.ts'
import { DistributionRepository } from '../../../src/sources/distribution/repository/repository-store.ts'
import { FilesystemDriver } from '../../../src/sources/drivers/filesystem/driver.ts'
import { storagePaths } from '../../support/builders/storage-paths.ts'
import { writeObjects } from '../../support/builders/write-objects.ts'
import { writeStorage } from '../../support/builders/write-storage.ts'
import { describeRepositoryStore } from '../../support/contracts/repository-store.ts'
import type { OpenStore } from '../../support/contracts/repository-store-harness.ts'
import { fc } from '../../support/fast-check.ts'
import { fingerprint } from '../../support/fingerprint.ts'
import type { MemoryRegistry } from '../../support/simulated/memory-registry.ts'
import { grown, plans } from '../judge/random-graph.ts'
import { REPOSITORY, RULES } from '../scene.ts'

const temporary = mkdtempSync(join(tmpdir(), 'regfsck-ports-'))
afterAll(() => {
  rmSync(temporary, { recursive: true, force: true })
})

function onDisk(storage: MemoryRegistry, repository: string, proves: boolean): OpenStore & { readonly root: string } {
  const root = mkdtempSync(join(temporary, 'root-'))
  const at = writeStorage(storage, root)
  const driver = new FilesystemDriver(false)
  const blobs = new Blobs(at.base, driver, { barred: new Map(), ...(proves && { prove: () => 'now' as const }) })
  return { store: new DistributionRepository(repository, at.base, driver, blobs), at, root }
}

describeRepositoryStore('memory', {
  open: async (storage, repository, proves) => ({ store: storage.store(repository, { proves }), at: storage.at }),
  sees: 'storage',
  unreadable: 'STORE_TIMEOUT',
})

describeRepositoryStore('files', {
  open: async (storage, repository, proves) => onDisk(storage, repository, proves),
  sees: 'storage',
  unreadable: 'SYMLINK',
})

describeRepositoryStore('an object store', {
  open: async (storage, repository, proves) => {
    const at = storagePaths('/bucket')
    const driver = writeObjects(storage, '/bucket').driver()
    const blobs = new Blobs(at.base, driver, { barred: new Map(), ...(proves && { prove: () => 'now' as const }) })
    return { store: new DistributionRepository(repository, at.base, driver, blobs), at }
  },
  sees: 'storage',
  unreadable: 'STORE_TIMEOUT',
})

describe('the same storage in memory and on disk', () => {
  const report = async (store: RepositoryStore, depth: Depth): Promise<RepositoryReport> => {
    const rules = { ...RULES, depth }
    return judge(await walk(REPOSITORY, store, rules), rules, true)
  }

  /** Without what the two lawfully differ in: the root, the order of listings, the reason of an unreadable place. */
  const comparable = (report: RepositoryReport, root: string): unknown => {
    const text = JSON.stringify({
      ...report,
      findings: report.findings.map((finding) => JSON.stringify(finding)).sort(),
      unchecked: report.unchecked.map(({ digest, tag, path }) => JSON.stringify([digest, tag, path])).sort(),
    })
    return JSON.parse(text.replaceAll(root, '/memory'))
  }

  it('is judged the same, whatever was done to it, and nothing is written', async () => {
    await fc.assert(
      fc.asyncProperty(plans, fc.constantFrom<Depth>('graph', 'blobs', 'content'), async (plan, depth) => {
        const { registry } = grown(plan)
        const { store, root } = onDisk(registry, REPOSITORY, depth === 'content')
        const before = fingerprint(root)
        const disk = comparable(await report(store, depth), root)
        const memory = await report(registry.store(REPOSITORY, { proves: depth === 'content' }), depth)
        expect(disk).toEqual(comparable(memory, root))
        expect(fingerprint(root)).toEqual(before)
        rmSync(root, { recursive: true, force: true })
      }),
      { numRuns: 25 },
    )
  })
})
