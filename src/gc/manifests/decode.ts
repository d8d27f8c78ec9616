import type { Descriptor } from '../../oci/descriptor.ts'
import { type Digest, isDigest } from '../../oci/digest.ts'
import { fieldsOf, readGoJson } from '../../oci/json/go-json.ts'
import type { Json } from '../../oci/json/json-text.ts'
import { readPlainManifest } from '../../oci/plain-manifest.ts'
import type { DecodedManifest, ManifestContent, ReferenceClaim } from '../inventory.ts'
import { decodeAs, MANIFEST_NAMES, type Version } from './decode-in-full.ts'

/** Bytes. The engines read no more of a manifest. @see distribution, `maxBlobGetSize` */
export const LARGEST_DECODED: number = 4 * 1024 * 1024

/** What both engines make of a manifest that they refuse for its size. */
export const TOO_LARGE: DecodedManifest = {
  is: 'refused',
  kind: 'undecodable',
  error: 'storage: read exceeds limit',
}

/**
 * Decodes a manifest as both engines do: not as the specification says, but as their structs take it. The engines never compare
 * its bytes with its digest.
 */
export function decodeManifest(bytes: Uint8Array): Omit<ManifestContent, 'isIntact'> {
  const plain = decodePlain(bytes)
  const versions = plain ? { v2: plain, v3: plain } : decodeInFull(bytes)
  const subject = subjectIn(bytes)
  return subject === undefined ? versions : { ...versions, subject }
}

function decodePlain(bytes: Uint8Array): DecodedManifest | undefined {
  const manifest = readPlainManifest(bytes)
  if (manifest?.is === 'index') {
    const { children } = manifest
    return { is: 'index', references: children.map(({ digest }) => digest), claims: children.map(claimOfChild) }
  }
  if (manifest?.is !== 'image') return undefined
  const blobs = [manifest.config, ...manifest.layers]
  return { is: 'image', references: blobs.map(({ digest }) => digest), claims: blobs.map(claimOfBlob) }
}

function claimOfBlob({ size, foreign }: Descriptor): ReferenceClaim {
  return { size, platform: undefined, runnable: true, foreign }
}

/** There are few different ones, and a registry has many children. */
const childClaims = new Map<string, ReferenceClaim>()

function claimOfChild({ platform, runnable }: Descriptor): ReferenceClaim {
  const key = `${platform} ${runnable}`
  let claim = childClaims.get(key)
  if (claim === undefined) {
    claim = { size: undefined, platform, runnable, foreign: false }
    if (childClaims.size < MOST_CLAIMS) childClaims.set(key, claim)
  }
  return claim
}

/** Platforms are free text: this many are kept. */
const MOST_CLAIMS = 1000

function decodeInFull(bytes: Uint8Array): Record<Version, DecodedManifest> {
  let value: Json
  try {
    value = readGoJson(bytes)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    const refused = undecodable(bytes.byteLength === 0 ? 'unexpected end of JSON input' : error.message)
    return { v2: refused, v3: refused }
  }
  // Go leaves a struct alone for `null`: its version is 0.
  const fields = value === null ? {} : fieldsOf(value, MANIFEST_NAMES)
  if (fields === undefined) {
    const refused = undecodable('json: cannot unmarshal the document into a manifest: it is not an object')
    return { v2: refused, v3: refused }
  }
  return { v2: decodeAs('v2', fields), v3: decodeAs('v3', fields) }
}

function undecodable(error: string): DecodedManifest {
  return { is: 'refused', kind: 'undecodable', error }
}

const SUBJECT = Buffer.from('"subject"')

function subjectIn(bytes: Uint8Array): Digest | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (!text.includes(SUBJECT)) return undefined
  try {
    const document = JSON.parse(text.toString()) as { readonly subject?: { readonly digest?: unknown } | null }
    const digest = document.subject?.digest
    return typeof digest === 'string' && isDigest(digest) ? digest : undefined
  } catch {
    return undefined
  }
}
