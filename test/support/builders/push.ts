import { type BlobNode, digestOf, type ManifestNode, ownMediaType } from './images.ts'

/** A registry and a repository in it: where every request of this file goes. */
export interface Place {
  /** `http://host:port`, without a slash at the end. */
  readonly url: string
  readonly repository: string
}

export interface ManifestBody {
  readonly bytes: Uint8Array
  readonly mediaType: string
}

/** The registry said something other than what the test counted on. */
class Refused extends Error {
  readonly status: number

  constructor(what: string, status: number, body: string) {
    super(`${what}: ${status} ${body.slice(0, 500)}`)
    this.name = 'Refused'
    this.status = status
  }
}

/**
 * Upload a blob whole, in one PUT.
 *
 * @param digest the name to push under; a sha512 name is stored under sha256 all the same
 */
export async function pushBlob(place: Place, bytes: Uint8Array, digest: string = digestOf(bytes)): Promise<void> {
  const started = await fetch(api(place, 'blobs/uploads/'), { method: 'POST' })
  await expectStatus(`start an upload to ${place.repository}`, started, 202)
  const location = new URL(started.headers.get('location') ?? '', place.url)
  location.searchParams.set('digest', digest)
  const headers = { 'content-type': 'application/octet-stream' }
  const done = await fetch(location, { method: 'PUT', body: bytes, headers })
  await expectStatus(`push blob ${digest}`, done, 201)
}

/**
 * Put a manifest's exact bytes under a tag or a digest.
 *
 * @returns the digest that the registry claims
 */
export async function pushManifest(place: Place, body: ManifestBody, reference: string): Promise<string> {
  const headers = { 'content-type': body.mediaType }
  const done = await fetch(api(place, `manifests/${reference}`), { method: 'PUT', body: body.bytes, headers })
  await expectStatus(`push manifest ${place.repository}:${reference}`, done, 201)
  return done.headers.get('docker-content-digest') ?? ''
}

/** Push all that a node needs, depth first, then the node itself: by digest, or by tag where one is given. */
export async function push(place: Place, node: ManifestNode, tag?: string): Promise<void> {
  if (node.kind === 'index') for (const child of node.children) await push(place, child)
  else for (const each of [node.config, ...node.layers]) await pushNode(place, each)
  const body = { bytes: node.bytes, mediaType: ownMediaType(node) }
  await pushManifest(place, body, tag ?? digestOf(node.bytes))
}

/** Push images under their `repository:tag`, in order. */
export async function pushByReference(
  place: (repository: string) => Place,
  images: Readonly<Record<string, ManifestNode>>,
): Promise<void> {
  for (const [reference, node] of Object.entries(images)) {
    const colon = reference.lastIndexOf(':')
    await push(place(reference.slice(0, colon)), node, reference.slice(colon + 1))
  }
}

/** Remove a manifest by digest through the API: the revision's `link` goes, its directory stays. */
export async function deleteManifest(place: Place, digest: string): Promise<void> {
  const done = await fetch(api(place, `manifests/${digest}`), { method: 'DELETE' })
  await expectStatus(`delete manifest ${digest}`, done, 202)
}

/** Link a blob of another repository here, without sending its bytes. */
export async function mount(place: Place, digest: string, from: string): Promise<void> {
  const query = new URLSearchParams({ mount: digest, from })
  const done = await fetch(`${api(place, 'blobs/uploads/')}?${query}`, { method: 'POST' })
  await expectStatus(`mount ${digest} from ${from}`, done, 201)
}

/** Begin an upload, send some of it and walk away: an `_uploads` directory stays behind. */
export async function abandonUpload(place: Place, bytes: Uint8Array): Promise<void> {
  const started = await fetch(api(place, 'blobs/uploads/'), { method: 'POST' })
  await expectStatus(`start an upload to ${place.repository}`, started, 202)
  const location = new URL(started.headers.get('location') ?? '', place.url)
  const headers = { 'content-type': 'application/octet-stream' }
  const sent = await fetch(location, { method: 'PATCH', body: bytes, headers })
  await expectStatus('send part of an upload', sent, 202)
}

async function pushNode(place: Place, node: BlobNode): Promise<void> {
  if (!node.absent) await pushBlob(place, node.bytes, node.descriptor.digest)
}

function api({ url, repository }: Place, rest: string): string {
  return `${url}/v2/${repository}/${rest}`
}

/** Reads the body in any case, so that the connection is free for the next request. */
async function expectStatus(what: string, answer: Response, wanted: number): Promise<void> {
  const body = await answer.text()
  if (answer.status !== wanted) throw new Refused(what, answer.status, body)
}
