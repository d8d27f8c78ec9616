import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { image } from '../support/builders/images.ts'
import { push } from '../support/builders/push.ts'
import { storagePaths } from '../support/builders/storage-paths.ts'
import { type Ran, regfsck } from '../support/command/run.ts'
import { shellcheck } from '../support/repair/plan-script.ts'
import { scratch } from '../support/scratch.ts'
import { type RunningRegistry, startRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'

const FORMATS = ['table', 'json', 'ndjson', 'junit', 'markdown', 'html', 'sarif', 'repair'] as const
const NEVER_PUSHED = `sha256:${'0'.repeat(64)}`
/** What no client takes. A key of JSON and a word before a colon are followed by a quote or a space. */
const NO_REFERENCE = /[\w./-]+:sha256:[0-9a-f]*/g

describeWithServers(['docker-registry', 'shellcheck'], 'an image that check was given by its digest', () => {
  const directory = scratch()
  const root = join(directory, 'registry')
  const broken = image('broken')
  const digest = broken.descriptor.digest
  let registry: RunningRegistry
  let ran: Ran

  beforeAll(async () => {
    registry = await startRegistry({ root })
    await push({ url: registry.url, repository: 'team/app' }, broken, 'v1')
    rmSync(storagePaths(root).data(broken.layers[0]?.descriptor.digest ?? ''))
    const outputs = FORMATS.flatMap((format) => ['--output', `${format}=${join(directory, format)}`])
    const references = [digest, NEVER_PUSHED].map((wanted) => `http://${registry.host}/team/app@${wanted}`)
    ran = await regfsck(['check', '--recheck-delay=0', '--log-level=debug', ...outputs, ...references])
  })

  afterAll(() => registry.stop())

  it.each(FORMATS)('is written name@digest in %s', (format) => {
    const text = readFileSync(join(directory, format), 'utf8').replaceAll(/<\/?(?:bdi|code)[^>]*>/g, '')
    expect(text.match(NO_REFERENCE) ?? []).toEqual([])
    for (const wanted of [digest, NEVER_PUSHED]) expect(text).toContain(`team/app@${wanted}`)
  })

  it('is written so in the log', () => {
    expect(ran.code).toBe(1)
    expect(ran.stderr).toContain('tag.judged')
    expect(ran.stderr.match(NO_REFERENCE) ?? []).toEqual([])
  })

  describe('together with another one of the same registry', () => {
    const script = (): string => readFileSync(join(directory, 'repair'), 'utf8')

    it('is repaired by one script, which asks for no TARGET', () => {
      expect(shellcheck(join(directory, 'repair'))).toBe('')
      expect(script()).not.toContain('TARGET')
    })

    it('is copied by its digest and checked by it, after one restart', () => {
      const steps = [...script().matchAll(/^step \d+\/4 '(.*)'$/gm)].map(([, title]) => title)
      expect(steps).toEqual([
        'Restart the registry',
        ...[digest, NEVER_PUSHED].map((wanted) => `Copy team/app@${wanted} from SOURCE`),
        'Check 2 images',
      ])
      const checked = [digest, NEVER_PUSHED].map((wanted) => `"http://${registry.host}/team/app@${wanted}"`)
      expect(script()).toContain(`{ regfsck check \\\n  ${checked.join(' \\\n  ')}; } || failed 4\n`)
    })
  })
})
