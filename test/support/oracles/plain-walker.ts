import { createHash } from 'node:crypto'

/**
 * The independent witness: a client that asks a registry for everything under a tag, whole, and hashes it.
 *
 * It shares no code with the scanner, has no opinion about storage, and knows no shortcut.
 */

const ACCEPT = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
]
const SCHEMA1 = 'application/vnd.docker.distribution.manifest.v1+'
const FOREIGN = /nondistributable|\.foreign\./
const IMAGE_CONFIG = /^application\/vnd\.(docker\.container\.image|oci\.image\.config)\.v1\+json$/

/** What a client met on its way: `broken` is an answer, and the wrong one; `refused` is a server error. */
export interface Trouble {
  readonly is: 'broken' | 'refused'
  /** The tag or the digest that was asked for. */
  readonly what: string
  readonly why: string
}

export interface WalkedTag {
  readonly repository: string
  readonly tag: string
  /** `broken` outweighs `refused`. Both mean that a client cannot have all of it. */
  readonly is: 'whole' | 'broken' | 'refused'
  readonly troubles: readonly Trouble[]
  /**
   * A client on some platform can run it: one runnable leaf is whole. Where no leaf is runnable, any leaf will do,
   * and an empty index has nothing that could be wrong.
   */
  readonly pullable: boolean
}

/** Walk the given tags, repository by repository. Every object is fetched once per repository. */
export async function walkRegistry(
  url: string,
  tags: Readonly<Record<string, readonly string[]>>,
): Promise<WalkedTag[]> {
  const walked: WalkedTag[] = []
  for (const [repository, names] of Object.entries(tags)) {
    const memo = new Map<string, Promise<Subtree>>()
    const blobs = new Map<string, Promise<Fetched>>()
    for (const tag of names) walked.push(await walkTag({ url, repository, memo, blobs }, tag))
  }
  return walked
}

/** All tags of all repositories that the registry lists. Enough for test registries: no paging. */
export async function everyTag(url: string): Promise<Record<string, string[]>> {
  const catalog = record(JSON.parse((await fetched(`${url}/v2/_catalog?n=1000`)).body.toString()))
  const found: Record<string, string[]> = {}
  for (const repository of strings(catalog['repositories'])) {
    const { status, body } = await fetched(`${url}/v2/${repository}/tags/list`)
    found[repository] = status === 200 ? strings(record(JSON.parse(body.toString()))['tags']).sort() : []
  }
  return found
}

interface Journey {
  readonly url: string
  readonly repository: string
  readonly memo: Map<string, Promise<Subtree>>
  readonly blobs: Map<string, Promise<Fetched>>
}

interface Leaf {
  readonly runnable: boolean
  readonly whole: boolean
}

interface Subtree {
  readonly troubles: readonly Trouble[]
  readonly leaves: readonly Leaf[]
}

interface Fetched {
  /** 0 where the connection ended early. */
  readonly status: number
  readonly body: Buffer
  readonly claimed: string
  readonly type: string
}

interface Claim {
  readonly digest: string
  readonly size: number | undefined
  readonly mediaType: string
  readonly runnable: boolean
}

async function walkTag(journey: Journey, tag: string): Promise<WalkedTag> {
  const { repository } = journey
  const answer = await fetched(`${journey.url}/v2/${repository}/manifests/${tag}`, ACCEPT)
  const { troubles, leaves } = await walkManifest(journey, answer, { digest: answer.claimed, what: tag })
  const is = troubles.some((each) => each.is === 'broken') ? 'broken' : troubles.length > 0 ? 'refused' : 'whole'
  const candidates = leaves.some((leaf) => leaf.runnable) ? leaves.filter((leaf) => leaf.runnable) : leaves
  const pullable = candidates.some((leaf) => leaf.whole) || (candidates.length === 0 && is === 'whole')
  return { repository, tag, is, troubles, pullable }
}

async function walkManifest(
  journey: Journey,
  answer: Fetched,
  asked: { readonly digest: string; readonly what: string; readonly size?: number | undefined },
): Promise<Subtree> {
  const broken = answerTrouble(answer, asked.what) ?? bytesTrouble(answer, asked)
  if (broken) return { troubles: [broken], leaves: [{ runnable: true, whole: false }] }
  const document = parsed(answer.body)
  if (!document) return stop(asked.what, 'not a JSON object')
  if ('manifests' in document && 'layers' in document) return stop(asked.what, 'both manifests and layers')
  if ('manifests' in document) return walkChildren(journey, claims(document['manifests']))
  return walkImage(journey, document)
}

async function walkChildren(journey: Journey, children: readonly Claim[]): Promise<Subtree> {
  const troubles: Trouble[] = []
  const leaves: Leaf[] = []
  for (const child of children) {
    const known = journey.memo.get(`${child.digest} ${child.size}`) ?? walkChild(journey, child)
    journey.memo.set(`${child.digest} ${child.size}`, known)
    const below = await known
    troubles.push(...below.troubles)
    leaves.push(...below.leaves.map((leaf) => ({ ...leaf, runnable: leaf.runnable && child.runnable })))
  }
  return { troubles, leaves }
}

async function walkChild(journey: Journey, child: Claim): Promise<Subtree> {
  const answer = await fetched(`${journey.url}/v2/${journey.repository}/manifests/${child.digest}`, ACCEPT)
  return walkManifest(journey, answer, { digest: child.digest, what: child.digest, size: child.size })
}

async function walkImage(journey: Journey, document: Readonly<Record<string, unknown>>): Promise<Subtree> {
  const troubles: Trouble[] = []
  for (const claim of [...claims([document['config']]), ...claims(document['layers']), ...schema1Layers(document)]) {
    const known =
      journey.blobs.get(claim.digest) ?? fetched(`${journey.url}/v2/${journey.repository}/blobs/${claim.digest}`)
    journey.blobs.set(claim.digest, known)
    const answer = await known
    if (answer.status === 404 && FOREIGN.test(claim.mediaType)) continue
    const trouble = answerTrouble(answer, claim.digest) ?? bytesTrouble(answer, { ...claim, what: claim.digest })
    if (trouble) troubles.push(trouble)
  }
  const runnable = 'fsLayers' in document || IMAGE_CONFIG.test(String(record(document['config'])['mediaType']))
  return { troubles, leaves: [{ runnable, whole: troubles.length === 0 }] }
}

function answerTrouble({ status }: Fetched, what: string): Trouble | undefined {
  if (status === 200) return undefined
  if (status === 0) return { is: 'broken', what, why: 'the body ended early' }
  return { is: status >= 500 ? 'refused' : 'broken', what, why: `status ${status}` }
}

function bytesTrouble(
  answer: Fetched,
  asked: { readonly digest: string; readonly what: string; readonly size?: number | undefined },
): Trouble | undefined {
  const signed = answer.type.startsWith(SCHEMA1)
  const bytes = signed ? schema1Payload(answer.body) : answer.body
  const algorithm = asked.digest.split(':', 1)[0] ?? ''
  const why =
    algorithm !== 'sha256' && algorithm !== 'sha512'
      ? `cannot verify ${JSON.stringify(asked.digest)}`
      : `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}` !== asked.digest
        ? `${bytes.length} bytes of another digest`
        : asked.size !== undefined && !signed && asked.size !== bytes.length
          ? `${bytes.length} bytes where the descriptor says ${asked.size}`
          : undefined
  return why === undefined ? undefined : { is: 'broken', what: asked.what, why }
}

function stop(what: string, why: string): Subtree {
  return { troubles: [{ is: 'broken', what, why }], leaves: [{ runnable: true, whole: false }] }
}

/** A schema 1 manifest is signed anew at each request: its digest is that of what was signed, not of the body. */
function schema1Payload(body: Buffer): Buffer {
  const signature = record(list(parsed(body)?.['signatures'])[0])
  const header = parsed(Buffer.from(String(signature['protected']), 'base64url')) ?? {}
  const tail = Buffer.from(String(header['formatTail']), 'base64url')
  return Buffer.concat([body.subarray(0, Number(header['formatLength'])), tail])
}

function schema1Layers(document: Readonly<Record<string, unknown>>): Claim[] {
  return list(document['fsLayers']).map((each) => {
    return { digest: String(record(each)['blobSum']), size: undefined, mediaType: '', runnable: true }
  })
}

async function fetched(url: string, accept: readonly string[] = []): Promise<Fetched> {
  const headers = new Headers({ 'accept-encoding': 'identity' })
  if (accept.length > 0) headers.set('accept', accept.join(', '))
  const response = await fetch(url, { headers, redirect: 'error' })
  const claimed = response.headers.get('docker-content-digest') ?? ''
  const type = response.headers.get('content-type') ?? ''
  try {
    return { status: response.status, body: Buffer.from(await response.arrayBuffer()), claimed, type }
  } catch {
    return { status: 0, body: Buffer.alloc(0), claimed, type }
  }
}

function claims(value: unknown): Claim[] {
  return list(value)
    .filter((each) => each !== undefined && each !== null)
    .map(record)
    .map((each) => ({
      digest: String(each['digest']),
      size: typeof each['size'] === 'number' ? each['size'] : undefined,
      mediaType: String(each['mediaType'] ?? ''),
      runnable: record(each['platform'])['os'] !== 'unknown' && each['artifactType'] === undefined,
    }))
}

function parsed(body: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString())
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? record(value) : undefined
  } catch {
    return undefined
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function strings(value: unknown): string[] {
  return list(value).filter((each) => typeof each === 'string')
}
