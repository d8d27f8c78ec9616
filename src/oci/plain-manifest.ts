import { checkedDescriptor, type Descriptor, type RawPlatform, REFERENCE_TYPE } from './descriptor.ts'
import { isDigest } from './digest.ts'
import type { Manifest } from './document.ts'
import { isBase64 } from './json/go-map.ts'
import { asObject, expectPlain, ifPlain, type PlainObject, PlainText } from './json/plain-json.ts'
import { isImageConfigType, isImageType, isIndexType } from './media-type.ts'

type DocumentKey =
  | 'schemaVersion'
  | 'mediaType'
  | 'config'
  | 'layers'
  | 'manifests'
  | 'annotations'
  | 'subject'
  | 'artifactType'
type DescriptorKey = 'mediaType' | 'digest' | 'size' | 'urls' | 'annotations' | 'data' | 'platform' | 'artifactType'
type PlatformKey = 'architecture' | 'os' | 'os.version' | 'os.features' | 'variant' | 'features'

/**
 * Reads an image or an index in the usual form: usual spelling, only keys of the specification, each at most once, with a
 * valid value. It refuses nothing: any other document is left to the full reader, which follows Go.
 *
 * @returns what the full reader would return; `undefined`: use the full reader
 */
export function readPlainManifest(bytes: Uint8Array): Manifest | undefined {
  return ifPlain(() => {
    const text = new PlainText(bytes)
    const manifest = readDocument(text)
    text.end()
    return manifest
  })
}

function readDocument(text: PlainText): Manifest {
  const fields = text.document<DocumentKey>()
  const version = text.integer(fields.schemaVersion)
  const mediaType = text.text(fields.mediaType)
  const config = readDescriptor(text, text.object(fields.config))
  const layers = readDescriptors(text, fields.layers)
  const children = readDescriptors(text, fields.manifests)
  text.texts(fields.annotations)
  const about = readDescriptor(text, text.object(fields.subject))
  const subject = about === undefined ? {} : { subject: about.digest }
  text.text(fields.artifactType)
  expectPlain(version === 2)
  if (children !== undefined) {
    expectPlain(config === undefined && layers === undefined && (mediaType === undefined || isIndexType(mediaType)))
    return { is: 'index', mediaType: mediaType ?? '', children, ...subject }
  }
  expectPlain(config !== undefined && layers !== undefined && (mediaType === undefined || isImageType(mediaType)))
  const runnable = isImageConfigType(config.mediaType)
  return { is: 'image', mediaType: mediaType ?? '', config, layers, runnable, ...subject }
}

function readDescriptors(text: PlainText, value: unknown): readonly Descriptor[] | undefined {
  const list = text.list(value)
  if (list === undefined) return undefined
  const descriptors: Descriptor[] = []
  for (const each of list) descriptors.push(readDescriptor(text, asObject(each)))
  return descriptors
}

function readDescriptor(text: PlainText, fields: PlainObject<DescriptorKey>): Descriptor
function readDescriptor(text: PlainText, fields: PlainObject<DescriptorKey> | undefined): Descriptor | undefined
function readDescriptor(text: PlainText, fields: PlainObject<DescriptorKey> | undefined): Descriptor | undefined {
  if (fields === undefined) return undefined
  const mediaType = text.text(fields.mediaType)
  const digest = text.text(fields.digest)
  const size = text.integer(fields.size)
  const urls = text.count(fields.urls)
  const annotations = text.texts<typeof REFERENCE_TYPE>(fields.annotations)
  const data = text.text(fields.data)
  const platform = readPlatform(text, text.object(fields.platform))
  const artifactType = text.text(fields.artifactType)
  expectPlain(mediaType !== undefined && digest !== undefined && isDigest(digest) && size !== undefined)
  expectPlain(data === undefined || isBase64(data))
  return checkedDescriptor({
    mediaType,
    digest,
    size,
    urls: urls ?? 0,
    platform,
    artifactType: artifactType ?? '',
    referenceType: annotations?.[REFERENCE_TYPE],
  })
}

function readPlatform(text: PlainText, fields: PlainObject<PlatformKey> | undefined): RawPlatform | undefined {
  if (fields === undefined) return undefined
  text.text(fields['os.version'])
  text.count(fields['os.features'])
  text.count(fields.features)
  return {
    os: text.text(fields.os) ?? '',
    architecture: text.text(fields.architecture) ?? '',
    variant: text.text(fields.variant) ?? '',
  }
}
