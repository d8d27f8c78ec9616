import { describe, expect, it } from 'vitest'
import { digestOf, type ImageNode, image, MEDIA_TYPE } from '../../../support/builders/images.ts'
import { targetIn } from '../../../support/command/run.ts'
import { regfsckHere } from '../../../support/command/run-in-process.ts'
import { simulateRegistry } from '../../../support/simulated/registry.ts'

type Headers = Readonly<Record<string, string | number>>
interface Document {
  readonly bytes: Buffer
  readonly mediaType: string
}

const node = image('wrong-type')
const own = node.descriptor.mediaType
const plain: Document = { bytes: node.bytes, mediaType: own }

/** Serves these manifests, the first of them as the tag. Headers of GET and HEAD by themselves, beside the digest. */
async function ask(
  args: readonly string[],
  documents: readonly Document[],
  headersOf: (document: Document, method: string, isTag: boolean) => Headers,
  reference = '',
) {
  const registry = await simulateRegistry(node as ImageNode, ({ path, method = '' }, response) => {
    const wanted = /\/manifests\/(.*)$/.exec(path.pathname)?.[1]
    const document = wanted === 'latest' ? documents[0] : documents.find(({ bytes }) => digestOf(bytes) === wanted)
    if (document === undefined) return false
    const headers = headersOf(document, method, wanted === 'latest')
    response.writeHead(200, { 'docker-content-digest': digestOf(document.bytes), ...headers })
    response.end(method === 'HEAD' ? undefined : document.bytes)
    return true
  })
  const target = reference === '' ? registry.url : `${registry.url}/app${reference}`
  const ran = await regfsckHere([...args, '--recheck-delay=0', target])
  await registry.stop()
  return ran
}

async function scan(
  headersOf: (document: Document, method: string, isTag: boolean) => Headers,
  documents: readonly Document[] = [plain],
) {
  const ran = await ask(['scan', '--output=json'], documents, headersOf)
  const target = targetIn(ran)
  return {
    code: ran.code,
    findings: target.findings.map(({ code, cause, severity }) => `${severity} ${code} ${cause}`),
    unchecked: target.unchecked.map(({ because }) => because),
    tags: target.tags.map(({ verdict }) => verdict),
    evidence: target.findings.map((finding) => ('evidence' in finding ? finding.evidence : undefined)),
  }
}

const SILENT = { code: 0, findings: [], unchecked: [] }
const typed = (type: string | undefined): Headers => (type === undefined ? {} : { 'content-type': type })
const refused = (cause: string) => ({
  code: 1,
  findings: [`error served-as-wrong-type ${cause}`],
  unchecked: [],
  tags: ['unpullable'],
})

function documentOf(value: object, mediaType: string): Document {
  return { bytes: Buffer.from(JSON.stringify(value)), mediaType }
}

/** Of the same config and layers. */
function dockerImage(): Document {
  const { config, layers } = JSON.parse(node.bytes.toString()) as { config: object; layers: object }
  return documentOf({ schemaVersion: 2, mediaType: MEDIA_TYPE.docker.image, config, layers }, MEDIA_TYPE.docker.image)
}

function indexOf(child: Document, mediaType: string): Document {
  const manifests = [{ mediaType, digest: digestOf(child.bytes), size: child.bytes.byteLength }]
  return documentOf({ schemaVersion: 2, mediaType: MEDIA_TYPE.oci.index, manifests }, MEDIA_TYPE.oci.index)
}

describe('simulated: a manifest served with a Content-Type that is not a manifest type', () => {
  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/octet-stream',
    'text/plain',
    'text/plain; charset=utf-8',
    'application/vnd.oci.image.config.v1+json',
    '',
    undefined,
  ])('is refused by clients: %s', async (type) => {
    const report = await scan(() => typed(type))
    expect(report).toMatchObject(refused('content-type'))
    expect(report.evidence).toMatchObject([{ contentType: type ?? '', method: 'GET', mediaType: own }])
  })

  it.each([own, `${own}; charset=utf-8`, `${own};`, own.toUpperCase(), ` ${own} `])(
    'is no finding: %j',
    async (type) => {
      expect(await scan(() => typed(type))).toMatchObject(SILENT)
    },
  )

  it.each([
    ['an image as an index', plain, MEDIA_TYPE.oci.index],
    ['an index as an image', indexOf(plain, own), MEDIA_TYPE.oci.image],
    ['an image of the OCI as one of Docker', plain, MEDIA_TYPE.docker.image],
    ['an image as schema 1', plain, 'application/vnd.docker.distribution.manifest.v1+prettyjws'],
  ])('is refused as another kind of manifest: %s', async (_, document, type) => {
    const odd = (each: Document): Headers => typed(each === document ? type : each.mediaType)
    expect(await scan(odd, [document, plain])).toMatchObject(refused('content-type'))
  })

  it.each([
    ['an index as a list of Docker', indexOf(plain, own), MEDIA_TYPE.docker.index],
    ['a Docker image as one of the OCI', dockerImage(), MEDIA_TYPE.oci.image],
  ])('is no finding if clients accept either: %s', async (_, document, type) => {
    const odd = (each: Document): Headers => typed(each === document ? type : each.mediaType)
    expect(await scan(odd, [document, plain])).toMatchObject(SILENT)
  })

  it('is not printed as verified, by its tag or its digest; the same manifest with the right type is', async () => {
    for (const reference of [':latest', `@${node.descriptor.digest}`]) {
      const ran = await ask(['check'], [plain], () => typed('application/json'), reference)
      expect([ran.code, ran.stdout]).toEqual([1, ''])
      expect(ran.stderr).toContain('served-as-wrong-type')
      const twin = await ask(['check'], [plain], () => typed(own), reference)
      expect([twin.code, twin.stdout]).toEqual([0, expect.stringContaining(node.descriptor.digest)])
    }
  })

  it('is refused if only HEAD has that type, which containerd trusts if it has a digest and a length', async () => {
    const odd = (more: Headers) => (_: Document, method: string) =>
      method === 'HEAD' ? { ...typed('application/json'), ...more } : typed(own)
    const report = await scan(odd({ 'content-length': node.bytes.byteLength }))
    expect(report).toMatchObject(refused('content-type'))
    expect(report.evidence).toMatchObject([{ contentType: 'application/json', method: 'HEAD' }])
    expect(await scan(odd({}))).toMatchObject(SILENT)
  })

  it('is checked again before it is reported', async () => {
    let asked = 0
    const recovered = await scan((_, method) => typed(method === 'GET' && asked++ === 0 ? 'application/json' : own))
    expect(recovered).toMatchObject(SILENT)
    expect(asked).toBeGreaterThan(1)
  })
})

describe('simulated: a child of an index', () => {
  const index = indexOf(plain, own)
  it('is refused, and its index with it', async () => {
    const odd = (document: Document): Headers =>
      typed(document === plain ? 'application/octet-stream' : document.mediaType)
    expect(await scan(odd, [index, plain])).toMatchObject(refused('content-type'))
    expect(await scan(({ mediaType }) => typed(mediaType), [index, plain])).toMatchObject(SILENT)
  })

  it('makes its index unpullable if only the index has that type', async () => {
    const odd = (document: Document): Headers => typed(document === index ? 'application/json' : document.mediaType)
    expect(await scan(odd, [index, plain])).toMatchObject(refused('content-type'))
  })

  it('may have a custom type with which it is served', async () => {
    const custom = 'application/vnd.example.thing.v1+json'
    const { config, layers } = JSON.parse(node.bytes.toString()) as { config: object; layers: object }
    const child = documentOf({ schemaVersion: 2, config, layers }, custom)
    const served = ({ mediaType }: Document): Headers => typed(mediaType)
    expect(await scan(served, [indexOf(child, custom), child])).toMatchObject(SILENT)
    const named = documentOf({ schemaVersion: 2, mediaType: custom, config, layers }, custom)
    expect(await scan(served, [indexOf(named, custom), named])).toMatchObject(SILENT)
    expect(await scan(served, [child])).toMatchObject(refused('content-type'))
  })
})

describe('simulated: HEAD of a manifest', () => {
  const head = (headers: Headers) => (_: Document, method: string) =>
    method === 'HEAD' ? { ...typed(own), ...headers } : typed(own)

  it('with Content-Length 0 is refused by containerd', async () => {
    const report = await scan(head({ 'content-length': 0 }))
    expect(report).toMatchObject(refused('content-length'))
    expect(report.evidence).toMatchObject([{ contentLength: 0, method: 'HEAD' }])
  })

  it('with the right length, or chunked, or without one, is no finding', async () => {
    for (const headers of [{ 'content-length': node.bytes.byteLength }, { 'transfer-encoding': 'chunked' }, {}])
      expect(await scan(head(headers))).toMatchObject(SILENT)
  })

  it('with Content-Length 0 prints nothing as verified, by tag or by digest', async () => {
    for (const reference of [':latest', `@${node.descriptor.digest}`]) {
      const ran = await ask(['check'], [plain], head({ 'content-length': 0 }), reference)
      expect([ran.code, ran.stdout]).toEqual([1, ''])
      expect(ran.stderr).toContain('served-as-wrong-type')
    }
  })
})

describe('simulated: no wrong type is reported', () => {
  it('for an artifact manifest with its own type', async () => {
    const type = 'application/vnd.oci.artifact.manifest.v1+json'
    const artifact = documentOf({ mediaType: type, artifactType: 'application/x', blobs: [] }, type)
    expect(await scan(() => typed(type), [artifact])).toMatchObject(SILENT)
    expect(await scan(() => typed('application/json'), [artifact])).toMatchObject(refused('content-type'))
  })

  it('for a manifest with other damage, which is reported alone', async () => {
    const digest = node.descriptor.digest
    const altered = { bytes: Buffer.from('{}'), mediaType: own }
    const registry = await simulateRegistry(node, ({ path, method }, response) => {
      if (!path.pathname.includes('/manifests/')) return false
      response.writeHead(200, { 'docker-content-digest': digest, 'content-type': 'application/json' })
      response.end(method === 'HEAD' ? undefined : altered.bytes)
      return true
    })
    const ran = await regfsckHere(['scan', '--output=json', '--recheck-delay=0', registry.url])
    await registry.stop()
    expect(targetIn(ran).findings.map(({ code }) => code)).toEqual(['manifest-damaged'])
  })
})
