import { cpSync, existsSync, mkdirSync, mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { removeWhole, write } from '../support/builders/faults/damage-files.ts'
import { type ImageNode, image } from '../support/builders/images.ts'
import { push } from '../support/builders/push.ts'
import { storagePaths } from '../support/builders/storage-paths.ts'
import { type PlanScript, planOf, runScript, type ScriptRun, shellcheck } from '../support/repair/plan-script.ts'
import { scratch } from '../support/scratch.ts'
import { type RunningRegistry, startRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'
import { type LiveRegistry, startLive } from '../support/servers/restartable-registry.ts'

const NOTHING_LISTENS = 'http://127.0.0.1:1'

describeWithServers(['docker-registry', 'skopeo', 'shellcheck'], 'a repair that is run again', () => {
  const directory = mkdtempSync(join(scratch(), 'again-'))
  const root = join(directory, 'registry')
  const quarantine = join(directory, "it's quarantined")
  const broken = image('broken')
  let live: LiveRegistry
  let source: RunningRegistry

  beforeAll(async () => {
    mkdirSync(root)
    live = await startLive({ root, cache: true })
    await push({ url: live.url, repository: 'app' }, broken, 'v1')
    await push({ url: live.url, repository: 'app' }, image('whole'), 'v2')
    cpSync(root, join(directory, 'source'), { recursive: true })
    source = await startRegistry({ root: join(directory, 'source') })
  })

  afterAll(async () => {
    await source.stop()
    await live.stop()
  })

  /** @returns how often it restarted the registry, too */
  async function run(plan: PlanScript, SOURCE = source.url): Promise<ScriptRun & { readonly restarts: number }> {
    const before = live.restarts()
    const env = { REGISTRY: live.url, SOURCE, RESTART: live.restartCommand, QUARANTINE: quarantine }
    const ran = await runScript(plan, env, { directory })
    return { ...ran, restarts: live.restarts() - before }
  }

  const layerOf = ({ layers, config }: ImageNode): string =>
    storagePaths(root).data((layers[0] ?? config).descriptor.digest)

  describe('planned from the storage', () => {
    let plan: PlanScript

    beforeAll(async () => {
      write(layerOf(broken), 'altered')
      plan = await planOf(root, join(directory, 'plan'))
    })

    it('passes shellcheck', () => {
      expect(shellcheck(plan.file)).toBe('')
    })

    it('restarts the registry again after a run in which something failed', async () => {
      expect(await run(plan, NOTHING_LISTENS)).toMatchObject({ code: 1, restarts: 1 })
      expect(existsSync(join(quarantine, 'REPAIRED.tsv'))).toBe(false)
      expect(await run(plan)).toMatchObject({ code: 0, restarts: 1 })
    })

    it('restarts nothing after a run in which nothing failed', async () => {
      const again = await run(plan)
      expect(again).toMatchObject({ code: 0, restarts: 0 })
      expect(again.output).toContain('Not needed: this script has run before, and nothing was moved since.')
    })

    it('restarts the registry where it moves a file that broke again', async () => {
      write(layerOf(broken), 'altered once more')
      expect(await run(plan)).toMatchObject({ code: 0, restarts: 1 })
      expect(await run(plan)).toMatchObject({ code: 0, restarts: 0 })
    })

    it('restarts the registry for another plan', async () => {
      write(layerOf(broken), 'altered')
      const other = await planOf(root, join(directory, 'other'))
      expect(await run(other)).toMatchObject({ code: 0, restarts: 1 })
    })
  })

  describe('planned over the API', () => {
    it('restarts the registry while an image is broken, and not where all are whole', async () => {
      removeWhole(layerOf(broken))
      const plan = await planOf(live.url, join(directory, 'over-api'))
      expect(shellcheck(plan.file)).toBe('')
      expect(await run(plan)).toMatchObject({ code: 0, restarts: 1 })
      const again = await run(plan)
      expect(again).toMatchObject({ code: 0, restarts: 0 })
      expect(again.output).toContain('Not needed: every image is intact.')
    })

    it('ends with 1 where the bytes are still altered, which a push does not repair', async () => {
      write(layerOf(broken), 'x'.repeat(broken.layers[0]?.bytes.length ?? 0))
      const plan = await planOf(live.url, join(directory, 'altered'))
      expect(await run(plan)).toMatchObject({ code: 1, restarts: 1 })
    })
  })
})
