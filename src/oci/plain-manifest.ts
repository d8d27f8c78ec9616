import { type Descriptor, type RawPlatform, REFERENCE_TYPE, soundDescriptor } from './descriptor.ts'
import { isDigest } from './digest.ts'
import type { Manifest } from './document.ts'
import { isBase64 } from './go-map.ts'
import { isImageConfigType, isImageType, isIndexType, MANIFEST_TYPES } from './media-type.ts'
import { ARRAY, expectPlain, ifPlain, KnownWords, OBJECT, once, PlainText } from './plain-json.ts'

const DIGEST_LENGTH = 'sha256:'.length + 64
const MEDIA_TYPES = new KnownWords([
  ...MANIFEST_TYPES,
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.oci.image.layer.v1.tar+gzip',
  'application/vnd.oci.image.layer.v1.tar',
  'application/vnd.docker.container.image.v1+json',
  'application/vnd.docker.image.rootfs.diff.tar.gzip',
])
const PLATFORM_WORDS = new KnownWords(['amd64', 'arm64', 'linux', 'unknown', 'attestation-manifest'])
const DOCUMENT = new KnownWords([
  'schemaVersion',
  'mediaType',
  'config',
  'layers',
  'manifests',
  'annotations',
  'subject',
  'artifactType',
])
const DESCRIPTOR = new KnownWords([
  'mediaType',
  'digest',
  'size',
  'urls',
  'annotations',
  'data',
  'platform',
  'artifactType',
])
const ANNOTATIONS = new KnownWords([REFERENCE_TYPE])
const PLATFORM = new KnownWords(['architecture', 'os', 'os.version', 'os.features', 'variant', 'features'])

/**
 * Read an image or an index as nearly all of them are: written in the usual spelling, no key but those of the
 * specification, each at most once and with a value of its type, and nothing to object to. What differs in the least is
 * for the full reader, which alone knows what Go makes of it. So nothing is refused here.
 *
 * @returns what the full reader would return, or `undefined` where only that one can tell
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
  let version: number | undefined
  let mediaType: string | undefined
  let config: Descriptor | undefined
  let layers: readonly Descriptor[] | undefined
  let children: readonly Descriptor[] | undefined
  let annotations: string | undefined
  let subject: Descriptor | undefined
  let artifactType: string | undefined
  for (let more = text.begin(OBJECT); more; more = text.goesOn(OBJECT)) {
    switch (text.key(DOCUMENT)) {
      case 'schemaVersion':
        version = once(version, text.integer())
        break
      case 'mediaType':
        mediaType = once(mediaType, text.text(MEDIA_TYPES))
        break
      case 'config':
        config = once(config, readDescriptor(text))
        break
      case 'layers':
        layers = once(layers, readDescriptors(text))
        break
      case 'manifests':
        children = once(children, readDescriptors(text))
        break
      case 'annotations':
        annotations = once(annotations, readAnnotations(text))
        break
      case 'subject':
        subject = once(subject, readDescriptor(text))
        break
      case 'artifactType':
        artifactType = once(artifactType, text.text(MEDIA_TYPES))
        break
    }
  }
  expectPlain(version === 2)
  if (children !== undefined) {
    expectPlain(config === undefined && layers === undefined && (mediaType === undefined || isIndexType(mediaType)))
    return { is: 'index', mediaType: mediaType ?? '', children }
  }
  expectPlain(config !== undefined && layers !== undefined && (mediaType === undefined || isImageType(mediaType)))
  return { is: 'image', mediaType: mediaType ?? '', config, layers, runnable: isImageConfigType(config.mediaType) }
}

function readDescriptors(text: PlainText): readonly Descriptor[] {
  const descriptors: Descriptor[] = []
  for (let more = text.begin(ARRAY); more; more = text.goesOn(ARRAY)) descriptors.push(readDescriptor(text))
  return descriptors
}

function readDescriptor(text: PlainText): Descriptor {
  let mediaType: string | undefined
  let digest: string | undefined
  let size: number | undefined
  let urls: number | undefined
  let annotations: string | undefined
  let data: string | undefined
  let platform: RawPlatform | undefined
  let artifactType: string | undefined
  for (let more = text.begin(OBJECT); more; more = text.goesOn(OBJECT)) {
    switch (text.key(DESCRIPTOR)) {
      case 'mediaType':
        mediaType = once(mediaType, text.text(MEDIA_TYPES))
        break
      case 'digest':
        digest = once(digest, text.textOf(DIGEST_LENGTH))
        break
      case 'size':
        size = once(size, text.integer())
        break
      case 'urls':
        urls = once(urls, countTexts(text))
        break
      case 'annotations':
        annotations = once(annotations, readAnnotations(text))
        break
      case 'data':
        data = once(data, text.text(MEDIA_TYPES))
        expectPlain(isBase64(data))
        break
      case 'platform':
        platform = once(platform, readPlatform(text))
        break
      case 'artifactType':
        artifactType = once(artifactType, text.text(MEDIA_TYPES))
        break
    }
  }
  expectPlain(mediaType !== undefined && digest !== undefined && isDigest(digest) && size !== undefined)
  return soundDescriptor({
    mediaType,
    digest,
    size,
    urls: urls ?? 0,
    platform,
    artifactType: artifactType ?? '',
    referenceType: annotations,
  })
}

function readPlatform(text: PlainText): RawPlatform {
  let os: string | undefined
  let architecture: string | undefined
  let variant: string | undefined
  let version: string | undefined
  let osFeatures: number | undefined
  let features: number | undefined
  for (let more = text.begin(OBJECT); more; more = text.goesOn(OBJECT)) {
    switch (text.key(PLATFORM)) {
      case 'os':
        os = once(os, text.text(PLATFORM_WORDS))
        break
      case 'architecture':
        architecture = once(architecture, text.text(PLATFORM_WORDS))
        break
      case 'variant':
        variant = once(variant, text.text(PLATFORM_WORDS))
        break
      case 'os.version':
        version = once(version, text.text(PLATFORM_WORDS))
        break
      case 'os.features':
        osFeatures = once(osFeatures, countTexts(text))
        break
      case 'features':
        features = once(features, countTexts(text))
        break
    }
  }
  return { os: os ?? '', architecture: architecture ?? '', variant: variant ?? '' }
}

/** @returns what BuildKit says there; empty where it says nothing */
function readAnnotations(text: PlainText): string {
  let referenceType: string | undefined
  for (let more = text.begin(OBJECT); more; more = text.goesOn(OBJECT)) {
    if (text.anyKey(ANNOTATIONS) === undefined) text.skipText()
    else referenceType = once(referenceType, text.text(PLATFORM_WORDS))
  }
  return referenceType ?? ''
}

function countTexts(text: PlainText): number {
  let count = 0
  for (let more = text.begin(ARRAY); more; more = text.goesOn(ARRAY)) {
    text.skipText()
    count++
  }
  return count
}
