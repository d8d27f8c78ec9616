import { DOCUMENT_NAMES, Document, type Manifest, type ReadOptions, type Refusal, refusal } from './document.ts'
import { fieldsOf, readGoJson } from './json/go-json.ts'
import type { Json } from './json/json-text.ts'
import { OCI_ARTIFACT, OCI_INDEX, OCI_MANIFEST, SCHEMA1_SIGNED } from './media-type.ts'
import { readPlainManifest } from './plain-manifest.ts'

export type { Manifest, Refusal } from './document.ts'

/**
 * Reads the bytes of a manifest. Hash them first: damage that is still valid JSON is still damage.
 *
 * The registry is distribution 2.8 (`manifestStore.Get`), the client is containers/image 5 (skopeo, podman, CRI-O). Both
 * must be able to read a document. An image without a config is refused, although skopeo copies it: nothing can run it.
 *
 * @see CVE-2021-41190 for documents that can be read as two kinds
 */
export function readManifest(bytes: Uint8Array, reading: ReadOptions = { served: false }): Manifest | Refusal {
  return readPlainManifest(bytes) ?? readInFull(bytes, reading)
}

/** Reads any document. {@link readPlainManifest} is several times as fast for the usual ones. */
export function readInFull(bytes: Uint8Array, reading: ReadOptions): Manifest | Refusal {
  let value: Json
  try {
    value = readGoJson(bytes)
  } catch (error) {
    if (error instanceof SyntaxError) return refusal('unparsable', error.message, reading)
    throw error
  }
  const fields = fieldsOf(value, DOCUMENT_NAMES)
  if (fields === undefined) return refusal('unparsable', 'the document is not an object', reading)
  return new Document(fields, reading).read()
}

/** The media type that a manifest states, or else the one that the reference server assumes. */
export function effectiveMediaType(manifest: Manifest): string {
  if (manifest.mediaType !== '') return manifest.mediaType
  switch (manifest.is) {
    case 'image':
      return OCI_MANIFEST
    case 'index':
      return OCI_INDEX
    case 'schema1':
      return SCHEMA1_SIGNED
    case 'artifact':
      return OCI_ARTIFACT
  }
}
