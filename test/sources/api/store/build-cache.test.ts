import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { image } from '../../../support/builders/images.ts'
import { targetIn } from '../../../support/command/run.ts'
import { regfsckHere } from '../../../support/command/run-in-process.ts'
import { sendBlob, sendUnknown, simulateRegistry } from '../../../support/simulated/registry.ts'

const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

const INDEX = 'application/vnd.oci.image.index.v1+json'
const layer = Buffer.from('a layer that is no JSON')
const config = Buffer.from('{"layers":[],"records":[]}')
const blobs = new Map([layer, config].map((bytes) => [digestOf(bytes), bytes]))
const types = ['application/vnd.oci.image.layer.v1.tar+gzip', 'application/vnd.buildkit.cacheconfig.v0']

/** An index as BuildKit exports its cache: of blobs, which no registry serves as manifests. */
function cacheOf(children: readonly Buffer[], size = (bytes: Buffer) => bytes.byteLength): Buffer {
  const manifests = children.map((bytes, n) => ({ mediaType: types[n], digest: digestOf(bytes), size: size(bytes) }))
  return Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests }))
}

/** @param status for a blob that is asked for as a manifest */
async function scan(status: number, index: Buffer, stored: ReadonlyMap<string, Buffer>, ...flags: readonly string[]) {
  const registry = await simulateRegistry(image('unused'), (request, response) => {
    const [, what, reference = ''] = /^\/v2\/app\/(manifests|blobs)\/(.*)$/.exec(request.path.pathname) ?? []
    const blob = stored.get(reference)
    if (what === 'manifests' && (reference === 'latest' || reference === digestOf(index)))
      response.writeHead(200, { 'docker-content-digest': digestOf(index), 'content-type': INDEX }).end(index)
    else if (what === 'manifests' && status === 404) sendUnknown(response, 'MANIFEST_UNKNOWN')
    else if (what === 'manifests') response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
    else if (what === 'blobs' && blob !== undefined) sendBlob(request, response, blob)
    else return false
    return true
  })
  const ran = await regfsckHere(['scan', '--output=json', '--recheck-delay=0', ...flags, registry.url])
  await registry.stop()
  return targetIn(ran)
}

describe.each([
  ['2.8', 500],
  ['3', 404],
])('simulated: a build cache in a registry that answers like distribution %s', (_, status) => {
  it.each(['graph', 'blobs', 'content'])('is intact if its blobs are (%s)', async (depth) => {
    const target = await scan(status, cacheOf([layer, config]), blobs, `--depth=${depth}`)
    expect(target).toMatchObject({ complete: true, findings: [], unchecked: [] })
    expect(target.totals?.manifests).toMatchObject({ intact: 1 })
    expect(target.totals?.blobs).toMatchObject({ intact: depth === 'graph' ? 0 : 2 })
  })

  it('is misdescribed if a claimed size is wrong', async () => {
    const target = await scan(
      status,
      cacheOf([layer, config], ({ byteLength }) => byteLength + 1),
      blobs,
    )
    expect(target.findings.map(({ code, cause }) => `${code}/${cause}`)).toEqual(
      Array(2).fill('descriptor-mismatch/size'),
    )
  })
})

it('simulated: a lost blob of a build cache is missing', async () => {
  const target = await scan(404, cacheOf([layer, config]), new Map([...blobs].slice(1)))
  expect(target.findings).toMatchObject([{ code: 'layer-missing', cause: 'not-served', digest: digestOf(layer) }])
})

it('simulated: a child with a manifest type is missing even if its bytes exist as a blob', async () => {
  const types = { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: digestOf(layer), size: 23 }
  const index = Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [types] }))
  expect((await scan(404, index, blobs)).findings.map(({ code }) => code)).toEqual(['index-child-missing'])
})
