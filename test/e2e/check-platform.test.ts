import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { image, index } from '../support/builders/images.ts'
import { push } from '../support/builders/push.ts'
import { storagePaths } from '../support/builders/storage-paths.ts'
import { regfsck, targetIn } from '../support/command/run.ts'
import { scratch } from '../support/scratch.ts'
import { type RunningRegistry, startRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'

const root = join(scratch(), 'registry')
const [amd64, arm64] = [image('amd64', { platform: 'linux/amd64' }), image('arm64', { platform: 'linux/arm64/v8' })]
const both = index([amd64, arm64])
const single = image('single', { platform: 'linux/arm64' })

describeWithServers(['docker-registry'], 'regfsck check --platform', () => {
  let registry: RunningRegistry
  let app: string

  beforeAll(async () => {
    registry = await startRegistry({ root })
    const place = { url: registry.url, repository: 'team/app' }
    await push(place, both, 'both')
    await push(place, single, 'single')
    await push(place, index([index([amd64, arm64])]), 'nested')
    rmSync(storagePaths(root).data(amd64.layers[0]?.descriptor.digest ?? ''))
    app = `http://${registry.host}/team/app`
  })

  afterAll(() => registry.stop())

  const check = (tag: string, platform: string, ...more: readonly string[]) =>
    regfsck(['check', '--recheck-delay=0', `--platform=${platform}`, ...more, `${app}:${tag}`])
  const proof = (digest: string) => `${registry.host}/team/app@${digest}\n`

  it.each(['both', 'nested'])('of %s proves what such a machine pulls, and prints the digest of that', async (tag) => {
    const ran = await check(tag, 'linux/arm64')
    expect([ran.code, ran.stdout]).toEqual([0, proof(arm64.descriptor.digest)])
    expect(ran.stderr).not.toContain('layer-missing')
  })

  it('says what is broken for that platform', async () => {
    const ran = await check('both', 'linux/amd64')
    expect([ran.code, ran.stdout]).toEqual([1, ''])
    expect(ran.stderr).toContain('layer-missing')
    const json = targetIn(await check('both', 'linux/amd64', '--output', 'json'))
    expect(json.tags).toMatchObject([
      {
        verdict: 'unpullable',
        platforms: [
          { platform: 'linux/amd64', digest: amd64.descriptor.digest },
          { platform: 'linux/arm64/v8', digest: arm64.descriptor.digest },
        ],
      },
    ])
  })

  it('does not let an image pass that has nothing for it', async () => {
    const ran = await check('both', 'linux/s390x')
    expect([ran.code, ran.stdout]).toEqual([1, ''])
    expect(ran.stderr).toContain(
      `regfsck: ${app}:both has nothing for linux/s390x; it has linux/amd64, linux/arm64/v8\n`,
    )
  })

  it('looks into the config of an image without an index', async () => {
    const right = await check('single', 'linux/arm64', '--depth', 'graph')
    expect([right.code, right.stdout]).toEqual([0, proof(single.descriptor.digest)])
    const wrong = await check('single', 'linux/amd64')
    expect([wrong.code, wrong.stdout]).toEqual([1, ''])
    expect(wrong.stderr).toContain('has nothing for linux/amd64; it has linux/arm64\n')
  })

  it('may be expected to be a digest: of the index, or of what was proved', async () => {
    for (const digest of [both.descriptor.digest, arm64.descriptor.digest])
      expect((await check('both', 'linux/arm64', `--expect-digest=${digest}`)).code).toBe(0)
    const ran = await check('both', 'linux/arm64', `--expect-digest=${amd64.descriptor.digest}`)
    expect([ran.code, ran.stdout]).toEqual([1, ''])
  })

  it('refuses what is not a platform, before it asks anything', async () => {
    const ran = await check('both', 'arm64')
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('--platform: "arm64" is not a platform')])
  })
})
