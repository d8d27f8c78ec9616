import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { removeWhole } from '../support/builders/faults/damage-files.ts'
import { image } from '../support/builders/images.ts'
import { push } from '../support/builders/push.ts'
import { storagePaths } from '../support/builders/storage-paths.ts'
import { BIN } from '../support/command/run.ts'
import { startWarmRegfsck, type WarmRegfsck } from '../support/command/warm-regfsck.ts'
import { countIn } from '../support/count-in.ts'
import { fixtureTrial, harmfulFixtures } from '../support/repair/fixture-trial.ts'
import { randomTrial } from '../support/repair/random-trial.ts'
import { failuresOf, runTrial } from '../support/repair/trial.ts'
import { scratch } from '../support/scratch.ts'
import { withRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'

/** A few with `npm test`, forty with `npm run test:slow`; `npm run test:long` runs two hundred, and every fault alone. */
const COMBINATIONS = countIn('REPAIR_COUNT', 2)

// On a machine that is busy with other things a trial takes long.
vi.setConfig({ testTimeout: 900_000 })

const directory = scratch()

/**
 * The script's `regfsck` here: the built code in one process for all scripts, because the start of a process for each of
 * their checks was most of what a trial took. `repair-front.slow.test.ts` and `npm run test:long` run the built command itself.
 */
let warm: WarmRegfsck

beforeAll(async () => {
  warm = await startWarmRegfsck(mkdtempSync(join(directory, 'warm-')))
})

afterAll(() => warm.stop())

/** What a script sees of a command. */
function ranBy(command: string): { readonly code: number; readonly stdout: string; readonly stderr: string } {
  const [stdout, stderr] = ['stdout', 'stderr'].map((name) => join(newDirectory(), name))
  const { status } = spawnSync('sh', ['-c', `${command} >'${stdout}' 2>'${stderr}'`])
  return { code: status ?? -1, stdout: readFileSync(stdout ?? '', 'utf8'), stderr: readFileSync(stderr ?? '', 'utf8') }
}

const newDirectory = (): string => mkdtempSync(join(directory, 'trial-'))

describeWithServers(['docker-registry', 'skopeo', 'shellcheck'], 'the printed repair, run by hand', () => {
  it.concurrent.each(Array.from({ length: COMBINATIONS }, (_, seed) => seed))(
    'repairs what seed %i damages',
    async (seed) => {
      expect(await failuresOf({ ...randomTrial(seed, newDirectory()), regfsck: warm.command })).toEqual([])
    },
  )

  it('asks a regfsck that is the built command in all that a script sees', async () => {
    const root = join(newDirectory(), 'registry')
    await withRegistry({ root }, async ({ url }) => {
      const broken = image('broken')
      await push({ url, repository: 'app' }, image('whole'), 'whole')
      await push({ url, repository: 'app' }, broken, 'broken')
      removeWhole(storagePaths(root).data(broken.config.descriptor.digest))
      const lines: [string, number][] = [
        [`${url}/app:whole`, 0],
        [`--recheck-delay 0 ${url}/app:whole ${url}/app:broken`, 1],
        [`${url}/app:none --recheck-delay 0`, 1],
        ['http://127.0.0.1:1/app:whole', 4],
        ['--nonsense', 2],
      ]
      for (const [line, code] of lines) {
        const built = ranBy(`'${process.execPath}' '${BIN}' check ${line}`)
        expect(built.code, line).toBe(code)
        expect(ranBy(`'${warm.command}' check ${line}`)).toEqual(built)
      }
    })
  })

  describe('is seen to fail', () => {
    const find = (name: string) => harmfulFixtures.filter((each) => each.name === name)

    it.concurrent.each(find('layer-blob-missing'))('where it does nothing', async (fixture) => {
      const trial = { ...fixtureTrial(fixture, newDirectory()), edit: () => 'exit 0\n' }
      const { failures } = await runTrial(trial)
      expect(failures).toEqual([
        expect.stringMatching(/^after the script: app latest \(SOURCE has it\): blob/),
        'the script ended with 0, and app:latest cannot be had',
        expect.stringMatching(/^after a restart: app latest/),
        expect.stringMatching(/^after a garbage collection: app latest/),
      ])
    })

    it.concurrent.each(find('child-deleted-by-gc-m'))('where it does not restart', async (fixture) => {
      const edit = (script: string): string => script.replaceAll(/"?\$\{?RESTART\}?"?/g, 'true')
      const { failures } = await runTrial({ ...fixtureTrial(fixture, newDirectory()), edit })
      expect(failures).toContainEqual(expect.stringMatching(/^after a restart: infra-ci latest/))
    })

    it.concurrent.each(find('layer-altered-first-byte'))('where it throws a file away', async (fixture) => {
      const edit = (): string => `find "$(dirname "$QUARANTINE")/the registry's root" -name data -delete`
      const { failures } = await runTrial({ ...fixtureTrial(fixture, newDirectory()), edit })
      expect(failures).toContainEqual(expect.stringMatching(/data is gone and not in the quarantine$/))
      expect(failures).toContainEqual(expect.stringMatching(/^the script lost the bytes of sha256:/))
    })
  })
})
