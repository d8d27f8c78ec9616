import { createHash } from 'node:crypto'
import { afterEach, expect, it } from 'vitest'
import { image, MEDIA_TYPE } from '../../support/builders/images.ts'
import { regfsckHere } from '../../support/command/run-in-process.ts'
import { type Quirk, type SimulatedRegistry, simulateRegistry } from '../../support/simulated/registry.ts'

let registry: SimulatedRegistry

afterEach(() => registry.stop())

async function check(reference: string, quirk: Quirk = () => false, ...flags: readonly string[]) {
  registry = await simulateRegistry(image('checked'), quirk)
  return regfsckHere(['check', '--recheck-delay=0', ...flags, `${registry.url}/app${reference}`])
}

/** Serves a manifest that names a config by a digest that nobody can verify. */
function withOddConfig(): Quirk {
  const digest = `blake3:${'0'.repeat(64)}`
  const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest, size: 2 }
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, config, layers: [] }))
  const own = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
  return ({ path }, response) => {
    if (path.pathname.includes('/blobs/')) response.end('{}')
    else if (path.pathname.includes('/manifests/'))
      response.writeHead(200, { 'docker-content-digest': own, 'content-type': MEDIA_TYPE.oci.image }).end(bytes)
    else return false
    return true
  }
}

it('simulated: prints no proof of what it did not check', async () => {
  for (const [reference, quirk] of [
    [`@blake3:${'0'.repeat(64)}`, undefined] as const,
    [':latest', withOddConfig()] as const,
  ]) {
    const ran = await check(reference, quirk)
    expect([ran.code, ran.stdout]).toEqual([1, ''])
    expect(ran.stderr).toMatch(/app\S+ is not verified: blake3:0+ was not checked \(ALGORITHM_UNKNOWN\)\n/)
    await registry.stop()
  }
})

it('simulated: takes a config that nobody can verify for none, where it looks for its platform', async () => {
  const ran = await check(':latest', withOddConfig(), '--platform=linux/amd64', '--depth=graph')
  expect([ran.code, ran.stdout]).toEqual([1, ''])
  expect(ran.stderr).toMatch(/has nothing for linux\/amd64; it has no platform at all/)
})

it('and prints the digest of what it proved', async () => {
  const ran = await check(':latest')
  expect([ran.code, ran.stdout]).toEqual([0, `${registry.host}/app@${image('checked').descriptor.digest}\n`])
})
