import { createHash } from 'node:crypto'
import { MEDIA_TYPE } from '../builders/images.ts'

/**
 * Everything below one manifest of a repository, as a client got it.
 *
 * It shares no code with the scanner.
 */
export interface Tree {
  /** Of the manifest that was asked for: what its bytes hash to; `undefined` where there were none. */
  readonly digest: string | undefined
  /** Each digest that is needed, and the sha256 of the bytes that were got for it. */
  readonly needs: ReadonlyMap<string, string>
  /** Why a client cannot have all of it; empty where it can. */
  readonly troubles: readonly string[]
}

export interface Client {
  tree(repository: string, reference: string): Promise<Tree>
}

export interface ClientOptions {
  /** `Authorization`. */
  readonly authorization?: string
}

const ACCEPT = [MEDIA_TYPE.oci.image, MEDIA_TYPE.oci.index, MEDIA_TYPE.docker.image, MEDIA_TYPE.docker.index].join(', ')
const FOREIGN = /nondistributable|\.foreign\./

/** A client that asks for everything, hashes it, and asks for each object of a repository once. */
export function clientOf(url: string, options: ClientOptions = {}): Client {
  const asked = new Map<string, Promise<Got>>()
  const get = (path: string): Promise<Got> => {
    const known = asked.get(path) ?? fetched(`${url}${path}`, options)
    asked.set(path, known)
    return known
  }
  return {
    tree: async (repository, reference) => {
      const walk = {
        get,
        repository,
        needs: new Map<string, string>(),
        children: new Set<string>(),
        troubles: [] as string[],
      }
      const digest = await walkManifest(walk, reference)
      return { digest, needs: walk.needs, troubles: walk.troubles }
    },
  }
}

interface Got {
  /** `undefined`: not to be had. */
  readonly bytes: Buffer | undefined
  readonly why: string
}

interface Walk {
  readonly get: (path: string) => Promise<Got>
  readonly repository: string
  readonly needs: Map<string, string>
  /** Those that were asked for: a bad link may lead back to what named it, for ever. */
  readonly children: Set<string>
  readonly troubles: string[]
}

interface Claim {
  readonly digest: string
  readonly size: unknown
  readonly mediaType: string
}

async function walkManifest(walk: Walk, reference: string, size?: unknown): Promise<string | undefined> {
  const { bytes, why } = await walk.get(`/v2/${walk.repository}/manifests/${reference}`)
  if (!bytes) {
    walk.troubles.push(`manifest ${reference}: ${why}`)
    return undefined
  }
  const digest = hash(reference, bytes)
  if (reference.includes(':') && digest !== reference) walk.troubles.push(`manifest ${reference}: wrong bytes`)
  if (typeof size === 'number' && size !== bytes.length) walk.troubles.push(`manifest ${reference}: not ${size} bytes`)
  walk.needs.set(digest, hash('sha256', bytes))
  const document = parsed(bytes)
  if (!document) walk.troubles.push(`manifest ${reference}: no JSON`)
  else if ('manifests' in document && 'layers' in document) walk.troubles.push(`manifest ${reference}: ambiguous`)
  for (const child of claims(document?.['manifests'])) await walkChild(walk, child)
  for (const blob of [...claims([document?.['config']]), ...claims(document?.['layers'])]) await walkBlob(walk, blob)
  return digest
}

/** An index may name blobs, as that of a build cache does. */
async function walkChild(walk: Walk, child: Claim): Promise<void> {
  if (walk.needs.has(child.digest) || walk.children.has(child.digest)) return
  walk.children.add(child.digest)
  if (child.mediaType.includes('.layer.')) await walkBlob(walk, child)
  else await walkManifest(walk, child.digest, child.size)
}

async function walkBlob(walk: Walk, { digest, mediaType, size }: Claim): Promise<void> {
  const { bytes, why } = await walk.get(`/v2/${walk.repository}/blobs/${digest}`)
  if (!bytes && why === 'status 404' && FOREIGN.test(mediaType)) return
  if (!bytes) walk.troubles.push(`blob ${digest}: ${why}`)
  else if (hash(digest, bytes) !== digest) walk.troubles.push(`blob ${digest}: ${bytes.length} wrong bytes`)
  else if (size !== bytes.length) walk.troubles.push(`blob ${digest}: not ${String(size)} bytes`)
  else walk.needs.set(digest, hash('sha256', bytes))
}

async function fetched(url: string, { authorization }: ClientOptions): Promise<Got> {
  const headers = { accept: ACCEPT, 'accept-encoding': 'identity', ...(authorization && { authorization }) }
  try {
    const answer = await fetch(url, { headers })
    const bytes = Buffer.from(await answer.arrayBuffer())
    return answer.ok ? { bytes, why: '' } : { bytes: undefined, why: `status ${answer.status}` }
  } catch (error) {
    return { bytes: undefined, why: `broken off (${String(error)})` }
  }
}

/** By the algorithm that a digest names; by sha256 where it is a tag. */
function hash(reference: string, bytes: Uint8Array): string {
  const algorithm = reference.startsWith('sha512:') ? 'sha512' : 'sha256'
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`
}

function parsed(bytes: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    return Object(JSON.parse(bytes.toString()))
  } catch {
    return undefined
  }
}

function claims(value: unknown): Claim[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : []
  return list
    .filter((each) => each !== undefined && each !== null)
    .map((each) => {
      const { digest, size, mediaType }: Partial<Record<string, unknown>> = Object(each)
      return { digest: String(digest), size, mediaType: String(mediaType ?? '') }
    })
}
