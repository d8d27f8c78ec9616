import { type Descriptor, DescriptorError, listOf, readDescriptor, recordOf, textOf } from './descriptor.ts'
import { isImageConfigType, isImageType, isIndexType, OCI_INDEX, OCI_MANIFEST, SCHEMA1_SIGNED } from './media-type.ts'

/** A manifest reduced to what it needs. */
export type Manifest =
  | {
      readonly is: 'image'
      /** Of the document itself; empty where it does not say. */
      readonly mediaType: string
      readonly config: Descriptor
      readonly layers: readonly Descriptor[]
      /** Something a machine would run; artifacts (charts, signatures, attestations) are not. */
      readonly runnable: boolean
    }
  | { readonly is: 'index'; readonly mediaType: string; readonly children: readonly Descriptor[] }
  | { readonly is: 'schema1'; readonly mediaType: string; readonly layers: readonly Descriptor[] }

/** Why a document is not a manifest that the reference server would serve and a client could use. */
export interface Refusal {
  readonly is: 'refused'
  readonly cause: 'unparsable' | 'ambiguous' | 'media-type-refused'
  /** Which field, or which parser's complaint. May carry text from the registry: escape before printing. */
  readonly detail: string
}

/**
 * Read the bytes of a manifest. Hash them first: damage that is still valid JSON is still damage.
 *
 * Which documents are refused follows the reference server (distribution 2.8, `manifestStore.Get`), except that a
 * document with both `manifests` and `layers` is refused here although 2.8 serves it: clients disagree on what it is.
 *
 * @see CVE-2021-41190 for the ambiguous document
 */
export function readManifest(bytes: Uint8Array): Manifest | Refusal {
  let value: unknown
  try {
    value = JSON.parse(textIn(bytes))
    return readDocument(recordOf(value, 'the document'))
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof DescriptorError)
      return { is: 'refused', cause: 'unparsable', detail: error.message }
    throw error
  }
}

/** The media type that a manifest has in effect: its own word, or what the reference server takes it for. */
export function effectiveMediaType(manifest: Manifest): string {
  if (manifest.mediaType !== '') return manifest.mediaType
  switch (manifest.is) {
    case 'image':
      return OCI_MANIFEST
    case 'index':
      return OCI_INDEX
    case 'schema1':
      return SCHEMA1_SIGNED
  }
}

/** A byte order mark stays, so that JSON refuses it, as the reference server does. */
function textIn(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}

type Fields = Readonly<Record<string, unknown>>

function readDocument(fields: Fields): Manifest | Refusal {
  const mediaType = textOf(fields['mediaType'], 'mediaType')
  if (fields['schemaVersion'] === 1) return readSchema1(fields, mediaType)
  if (fields['schemaVersion'] !== 2)
    return { is: 'refused', cause: 'unparsable', detail: 'schemaVersion is neither 1 nor 2' }
  if (fields['manifests'] != null && fields['layers'] != null)
    return { is: 'refused', cause: 'ambiguous', detail: 'both manifests and layers' }
  if (isIndexType(mediaType) || (mediaType === '' && fields['manifests'] != null)) return readIndex(fields, mediaType)
  if (isImageType(mediaType) || mediaType === '') return readImage(fields, mediaType)
  return { is: 'refused', cause: 'media-type-refused', detail: mediaType }
}

function readIndex(fields: Fields, mediaType: string): Manifest {
  const children = listOf(fields['manifests'], 'manifests').map((child, n) => readDescriptor(child, `manifests[${n}]`))
  return { is: 'index', mediaType, children }
}

function readImage(fields: Fields, mediaType: string): Manifest {
  const config = readDescriptor(fields['config'], 'config')
  const layers = listOf(fields['layers'], 'layers').map((layer, n) => readDescriptor(layer, `layers[${n}]`))
  return { is: 'image', mediaType, config, layers, runnable: isImageConfigType(config.mediaType) }
}

function readSchema1(fields: Fields, mediaType: string): Manifest {
  const layers = listOf(fields['fsLayers'], 'fsLayers').map((layer, n) => {
    const where = `fsLayers[${n}]`
    return readDescriptor({ digest: recordOf(layer, where)['blobSum'] }, where)
  })
  return { is: 'schema1', mediaType, layers }
}
