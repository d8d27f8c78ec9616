import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { extend, remove, write } from '../support/builders/faults/damage-files.ts'
import { digestOf, image, index, layer } from '../support/builders/images.ts'
import { push } from '../support/builders/push.ts'
import { type StoragePaths, storagePaths } from '../support/builders/storage-paths.ts'
import { clientOf } from '../support/repair/client.ts'
import { planOf, runScript, type ScriptRun, shellcheck } from '../support/repair/plan-script.ts'
import { scratch } from '../support/scratch.ts'
import { collectGarbage, withRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'
import { type LiveRegistry, startLive } from '../support/servers/restartable-registry.ts'

const directory = scratch()

interface Repaired {
  readonly at: StoragePaths
  readonly script: string
  readonly quarantine: string
  readonly first: ScriptRun
  readonly second: ScriptRun
  readonly restarts: number
  readonly collected: { readonly code: number | null; readonly output: string }
}

/**
 * Fill a registry, copy it to be SOURCE, harm it, run the script twice, and collect garbage.
 *
 * @param story.forget takes something away from SOURCE
 */
async function repaired(scenario: {
  readonly fill: (live: LiveRegistry) => Promise<void>
  readonly harm: (at: StoragePaths) => void
  readonly forget?: (source: StoragePaths) => void
}): Promise<Repaired> {
  const place = mkdtempSync(join(directory, 'once-'))
  const [root, sourceRoot, quarantine] = [join(place, 'registry'), join(place, 'source'), join(place, 'quarantine')]
  mkdirSync(root)
  const at = storagePaths(root)
  const live = await startLive({ root, cache: true })
  try {
    await scenario.fill(live)
    cpSync(root, sourceRoot, { recursive: true })
    scenario.harm(at)
    scenario.forget?.(storagePaths(sourceRoot))
    const plan = await planOf(root, join(place, 'plan'))
    expect(shellcheck(plan.file)).toBe('')
    return await withRegistry({ root: sourceRoot }, async (source) => {
      const env = { REGISTRY: live.url, SOURCE: source.url, RESTART: live.restartCommand, QUARANTINE: quarantine }
      const first = await runScript(plan, env, { directory: place })
      const second = await runScript(plan, env, { directory: place })
      const collected = await collectGarbage(root)
      return { at, script: plan.text, quarantine, first, second, restarts: live.restarts(), collected }
    })
  } finally {
    await live.stop()
  }
}

describeWithServers(['docker-registry', 'skopeo', 'shellcheck'], 'a printed repair', () => {
  describe('of an image that SOURCE has lost, whose one bad layer it still has for another image', () => {
    const base = layer('base', 300)
    const scenario = {
      fill: async ({ url }: LiveRegistry) => {
        await push({ url, repository: 'a-lost' }, image('lost', { layers: [base] }), 'v1')
        await push({ url, repository: 'kept' }, image('kept', { layers: [base] }), 'v1')
      },
      harm: (at: StoragePaths) => extend(at.data(base.descriptor.digest)),
    }

    it('ends with 0 at once, because the other copy brings the layer, and restarts once', async () => {
      const forget = (source: StoragePaths): void => remove(`${source.repository('a-lost')}/_manifests`)
      const { first, second, restarts } = await repaired({ ...scenario, forget })
      expect(first.output).toMatch(
        /^Step \d failed. Another step may repair its image: the script checks it again after the last copy.$/m,
      )
      expect([first.code, second.code, restarts], first.output).toEqual([0, 0, 1])
      expect(second.output).not.toContain('failed')
    })

    it('ends with 1 and names both copies where no copy brings it', async () => {
      const forget = (source: StoragePaths): void => {
        for (const repository of ['a-lost', 'kept']) remove(`${source.repository(repository)}/_manifests`)
      }
      const { first, second } = await repaired({ ...scenario, forget })
      expect([first.code, second.code]).toEqual([1, 1])
      expect(first.output).toMatch(/^These steps failed: 3 4 5\. /m)
    })
  })

  describe('of a repository with an altered image and an empty revision link', () => {
    const app = image('app')
    const loose = digestOf(Buffer.from('gone'))
    const scenario = {
      fill: ({ url }: LiveRegistry) => push({ url, repository: 'app' }, app, 'v1'),
      harm: (at: StoragePaths) => {
        extend(at.data(app.descriptor.digest))
        write(at.revisionLink('app', loose), '')
      },
    }

    it('moves the link away once the image is whole, so that garbage can be collected', async () => {
      const { at, first, second, quarantine, collected } = await repaired(scenario)
      expect([first.code, second.code], first.output).toEqual([0, 0])
      expect(existsSync(at.revisionLink('app', loose))).toBe(false)
      expect(readFileSync(join(quarantine, 'MANIFEST.tsv'), 'utf8')).toContain(at.revisionLink('app', loose))
      expect(collected.code, collected.output).toBe(0)
    })

    it('leaves it where the image is not whole: it may need it', async () => {
      const forget = (source: StoragePaths): void => remove(`${source.repository('app')}/_manifests`)
      const { at, first } = await repaired({ ...scenario, forget })
      expect(first.code).toBe(1)
      expect(first.output).toContain('Left in place: what may need it is not intact.')
      expect(existsSync(at.revisionLink('app', loose))).toBe(true)
    })
  })
})

describeWithServers(['docker-registry'], 'a repository without a single layer', () => {
  const nothing = index([])

  /** @returns what a client cannot have after a garbage collection */
  async function collectedWith(prepare: (at: StoragePaths) => void): Promise<readonly string[]> {
    const root = mkdtempSync(join(directory, 'no-layers-'))
    await withRegistry({ root }, ({ url }) => push({ url, repository: 'app' }, nothing, 'v1'))
    const at = storagePaths(root)
    prepare(at)
    expect((await collectGarbage(root)).code).toBe(0)
    return withRegistry({ root }, async ({ url }) => (await clientOf(url).tree('app', 'v1')).troubles)
  }

  it('loses its manifests in any garbage collection', async () => {
    expect(await collectedWith(() => undefined)).toEqual(['manifest v1: status 404'])
  })

  it('keeps them where its _layers directory is there, as docs/repair.md says', async () => {
    expect(await collectedWith((at) => mkdirSync(join(at.repository('app'), '_layers')))).toEqual([])
  })
})
