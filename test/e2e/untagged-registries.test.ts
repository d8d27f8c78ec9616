import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { storeImage } from '../support/builders/faults/storage-places.ts'
import { image } from '../support/builders/images.ts'
import { storagePaths } from '../support/builders/storage-paths.ts'
import { reportIn, targetIn } from '../support/command/run.ts'
import { regfsckHere } from '../support/command/run-in-process.ts'
import { scratch } from '../support/scratch.ts'

vi.mock(import('../../src/sources/storage/thread-pool.ts'), async (original) =>
  (await import('../support/command/one-thread.ts')).oneThread(original),
)

const directory = scratch()
const ours = image('of ours')
const theirs = image('of theirs')
const layer = ours.layers[0]?.descriptor.digest ?? ''

/** Two repositories, each with one image. */
function makeRegistry(name: string, untagged: readonly string[], isLost: boolean): string {
  const root = join(directory, name)
  const at = storagePaths(root)
  storeImage(at, 'library/app', ours)
  storeImage(at, 'library/web', theirs)
  for (const repository of untagged) rmSync(join(at.repository(repository), '_manifests/tags'), { recursive: true })
  if (isLost) rmSync(at.data(layer))
  return root
}

const BOTH = ['library/app', 'library/web']

describe('a registry with revisions and not one tag', () => {
  const harbor = makeRegistry('harbor', BOTH, true)

  it('is judged by its revisions, and says what it looks like', async () => {
    const ran = await scan(harbor, '--output', 'json')
    expect(ran.code).toBe(1)
    expect(reportIn(ran).verdict).toBe('damaged')
    expect(targetIn(ran).findings).toMatchObject([
      { code: 'layer-missing', severity: 'error', digest: layer, confirmed: true },
    ])
    const { stdout } = await scan(harbor)
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(/storage of Harbor or OpenShift.*as with --roots revisions/)
    expect(stdout).toContain('DAMAGED')
  })

  it('also in a slice, and where only some of it is chosen', async () => {
    const runs = await Promise.all(['0/2', '1/2'].map((slice) => scan(harbor, '--shard', slice)))
    expect(runs.map(({ code }) => code).sort()).toEqual([0, 1])
    expect((await scan(harbor, '--repositories', 'library/app')).code).toBe(1)
  })

  it.each(['table', 'markdown', 'html'])(
    'by the word of --roots tags is a warning, and never clean, as %s',
    async (format) => {
      const { code, stdout } = await scan(harbor, '--roots', 'tags', '--output', format)
      expect(code).toBe(0)
      expect(stdout).toMatch(format === 'html' ? /Warning/ : /WARNING/)
      expect(stdout).not.toMatch(/CLEAN|is clean|>Clean</)
      expect(stdout).toContain('--roots revisions')
      expect((await scan(harbor, '--roots', 'tags', '--fail-on', 'warning')).code).toBe(1)
    },
  )

  it('and nothing wrong is clean, and says it too', async () => {
    const { code, stdout } = await scan(makeRegistry('whole', BOTH, false))
    expect(code).toBe(0)
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(/storage of Harbor or OpenShift.*CLEAN/)
  })
})

describe('a registry in which one repository has no tags', () => {
  const mixed = makeRegistry('mixed', ['library/app'], true)

  it('keeps damage there a warning, and is not called whole', async () => {
    for (const flags of [[], ['--repositories', 'library/app']]) {
      const { code, stdout } = await scan(mixed, ...flags)
      expect(code).toBe(0)
      expect(stdout).not.toContain('Harbor')
      expect(stdout).not.toContain('CLEAN')
      expect(stdout).toMatch(/^WARNING {2}.*content that no tag reaches is lost: 1 warning\./m)
    }
    const html = await scan(mixed, '--output', 'html')
    expect(html.stdout).not.toMatch(/is clean|>Clean</)
  })

  it('and nothing wrong is clean', async () => {
    const { code, stdout } = await scan(makeRegistry('mixed-whole', ['library/app'], false))
    expect(code).toBe(0)
    expect(stdout).toMatch(/^CLEAN/m)
    expect(stdout).not.toContain('Harbor')
  })
})

function scan(target: string, ...flags: readonly string[]) {
  return regfsckHere(['scan', '--recheck-delay', '0', target, ...flags])
}
