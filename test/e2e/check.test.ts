import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { image, index } from '../support/builders/images.ts'
import { push } from '../support/builders/push.ts'
import { storagePaths } from '../support/builders/storage-paths.ts'
import { regfsck, reportIn } from '../support/command/run.ts'
import { scratch } from '../support/scratch.ts'
import { ACCESS_LOG, requestsTo } from '../support/servers/access-log.ts'
import { type RunningRegistry, startRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'

const root = join(scratch(), 'registry')
const [amd64, arm64] = [image('amd64', { platform: 'linux/amd64' }), image('arm64', { platform: 'linux/arm64' })]
const whole = index([amd64, arm64])
const broken = image('broken')
const lost = broken.layers[0]?.descriptor.digest ?? ''
const other = image('other')

function check(...args: readonly string[]) {
  return regfsck(['check', '--recheck-delay=0', ...args])
}

describeWithServers(['docker-registry'], 'regfsck check', () => {
  let registry: RunningRegistry
  let app: string

  beforeAll(async () => {
    registry = await startRegistry({ root, config: ACCESS_LOG })
    const place = { url: registry.url, repository: 'team/app' }
    await push(place, whole, 'whole')
    await push(place, broken, 'broken')
    await push(place, other, 'other')
    rmSync(storagePaths(root).data(lost))
    app = `http://${registry.host}/team/app`
  })

  afterAll(() => registry.stop())

  it('prints what is whole by its digest, and nothing else on stdout', async () => {
    const ran = await check(`${app}:whole`)
    expect(ran.code).toBe(0)
    expect(ran.stdout).toBe(`${registry.host}/team/app@${whole.descriptor.digest}\n`)
    expect(ran.stderr).toMatch(/1 tag/)
  })

  it('takes a digest for a reference', async () => {
    const ran = await check(`${app}@${amd64.descriptor.digest}`)
    expect(ran.code).toBe(0)
    expect(ran.stdout).toBe(`${registry.host}/team/app@${amd64.descriptor.digest}\n`)
  })

  it.each([
    ['a tag', () => `${app}:never`, 'There is no such tag in this repository.'],
    ['a digest', () => `${app}@sha256:${'0'.repeat(64)}`, 'There is no such manifest in this repository.'],
    ['a repository', () => `http://${registry.host}/team/never:v1`, 'There is no such repository, or it has no tags.'],
    [
      'a digest in a repository',
      () => `http://${registry.host}/team/never@sha256:${'0'.repeat(64)}`,
      'There is no such repository, or it has no tags.',
    ],
  ])('says of %s that never existed that there is none, and how to wait for a push', async (_, reference, sentence) => {
    const ran = await check(reference())
    expect(ran).toMatchObject({ code: 1, stdout: '' })
    const said = ran.stderr.replaceAll(/\s+/g, ' ')
    expect(said).toContain('1 cannot be pulled')
    expect(said).toContain(`${sentence} If it has just been pushed, use a longer --recheck-delay.`)
    expect(said).not.toContain('listed')
  })

  it('says what an image lacks, and does not print it; another one is not its business', async () => {
    const ran = await check(`${app}:broken`)
    expect(ran.code).toBe(1)
    expect(ran.stdout).toBe('')
    expect(ran.stderr).toMatch(/layer-missing/)
    expect(ran.stderr).toContain(lost)
  })

  it('of several images prints those that are whole', async () => {
    const ran = await check(`${app}:whole`, `${app}:broken`, `${app}:other`)
    expect(ran.code).toBe(1)
    const proved = [whole, other].map(({ descriptor }) => `${registry.host}/team/app@${descriptor.digest}\n`)
    expect(ran.stdout).toBe(proved.join(''))
  })

  it.each(['team/app:never', 'no/such:tag'])('fails where there is no %s', async (name) => {
    const ran = await check(`http://${registry.host}/${name}`)
    expect(ran.code).toBe(1)
    expect(ran.stdout).toBe('')
    expect(ran.stderr).toMatch(/tag-dangling/)
  })

  it('asks one registry over one pool, whether it is one once, and no faster than it may, for however many images', async () => {
    const before = (await requestsTo(registry)).length
    const images = Array.from({ length: 10 }, () => `${app}:whole`)
    const started = performance.now()
    const ran = await check('--max-requests-per-second=60', ...images)
    const seconds = (performance.now() - started) / 1000
    expect(ran.code).toBe(0)
    const asked = (await requestsTo(registry)).slice(before)
    expect(asked.filter(({ uri }) => uri === '/v2/')).toHaveLength(1)
    expect(asked.length).toBeGreaterThan(60)
    expect(asked.length / seconds).toBeLessThan(60)
  })

  it('fails where a digest is not there', async () => {
    const ran = await check(`${app}@sha256:${'0'.repeat(64)}`)
    expect(ran.code).toBe(1)
    expect(ran.stdout).toBe('')
  })

  it('fails where the image is not the one that is expected, and says what it is', async () => {
    const expected = ['--expect-digest', whole.descriptor.digest]
    expect((await check(...expected, `${app}:whole`)).code).toBe(0)
    const ran = await check(...expected, `${app}:other`)
    expect(ran.code).toBe(1)
    expect(ran.stdout).toBe('')
    expect(ran.stderr).toContain(`is ${other.descriptor.digest}, not ${whole.descriptor.digest}`)
  })

  it('with --output leaves stdout to the output', async () => {
    const report = reportIn(await check('--output=json', `${app}:whole`, `${app}:broken`))
    expect(report.targets.map(({ tags }) => tags.map(({ verdict }) => verdict))).toEqual([['intact'], ['unpullable']])
  })
})

describe('regfsck check, asked for what it cannot read', () => {
  it.each([['reg.example/App'], ['reg.example/app@sha256:1'], ['--expect-digest=x', 'reg.example/app']])(
    '%s: exit 2',
    async (...args) => {
      const ran = await check(...args)
      expect(ran.code).toBe(2)
      expect(ran.stderr.split('\n').length).toBe(2)
    },
  )

  it('a host that does not answer: exit 4', async () => {
    const ran = await check('http://127.0.0.1:1/app')
    expect([ran.code, ran.stdout]).toEqual([4, ''])
  })
})
