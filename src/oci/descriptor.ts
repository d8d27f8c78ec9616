import { type Digest, isDigest } from './digest.ts'
import { FieldNames, type FieldValue, fieldsOf, valuesOf } from './json/go-json.ts'
import { checkBytes, readTextMap } from './json/go-map.ts'
import { countTexts, type FieldPlace, type ReadBy, readInteger, readText } from './json/go-struct.ts'
import { isForeignLayerType, isImageConfigType } from './media-type.ts'

/** What a parent claims about a manifest or a blob. */
export interface Descriptor {
  readonly digest: Digest
  /** Empty if the parent does not state it. */
  readonly mediaType: string
  /** Bytes. `undefined` if the parent does not state it: there is no claim to compare. */
  readonly size: number | undefined
  /** `os/architecture[/variant]`, only on children of an index. */
  readonly platform: string | undefined
  /** `false` if the descriptor itself shows that it cannot be run: a build attestation, an artifact. */
  readonly runnable: boolean
  /** The registry need not hold it: a non-distributable layer, or one with `urls`. */
  readonly foreign: boolean
}

/** Which programs read the fields of a descriptor. It depends on the document. @see distribution 2.8 `Descriptor` and image-spec v1.1 */
export interface DescriptorReaders {
  readonly annotations: ReadBy
  readonly platform: ReadBy
  readonly features: ReadBy
  /** `data` and `artifactType`. */
  readonly inline: ReadBy
}

/** Configs and layers in an OCI image. */
export const OCI_BLOB: DescriptorReaders = {
  annotations: 'both',
  platform: 'both',
  features: 'nobody',
  inline: 'client',
}
/** Children of an OCI index. */
export const OCI_CHILD: DescriptorReaders = { ...OCI_BLOB, features: 'registry' }
/** Configs and layers in a Docker image. */
export const DOCKER_BLOB: DescriptorReaders = {
  annotations: 'registry',
  platform: 'registry',
  features: 'nobody',
  inline: 'nobody',
}
/** Children of a Docker manifest list. */
export const DOCKER_CHILD: DescriptorReaders = { ...DOCKER_BLOB, platform: 'both', features: 'both' }

/** A descriptor as Go decodes it, not yet checked. */
export interface RawDescriptor {
  readonly mediaType: string
  readonly digest: string
  readonly size: number | undefined
  readonly urls: number
  readonly annotations: ReadonlyMap<string, string> | undefined
  readonly platform: RawPlatform | undefined
  readonly artifactType: string
}

/** A platform as Go decodes it. */
export interface RawPlatform {
  readonly os: string
  readonly architecture: string
  readonly variant: string
}

/** The zero value that Go starts from. */
export const NO_DESCRIPTOR: RawDescriptor = {
  mediaType: '',
  digest: '',
  size: undefined,
  urls: 0,
  annotations: undefined,
  platform: undefined,
  artifactType: '',
}

const NAMES = new FieldNames(['mediaType', 'digest', 'size', 'urls', 'annotations', 'data', 'platform', 'artifactType'])
const PLATFORM_NAMES = new FieldNames(['architecture', 'os', 'os.version', 'os.features', 'variant', 'features'])
const NO_PLATFORM: RawPlatform = { os: '', architecture: '', variant: '' }
/** BuildKit's annotation for the kind of a child of an index. */
export const REFERENCE_TYPE = 'vnd.docker.reference.type'
const SIZE = { name: 'size', wrong: 'is not a number of bytes' }

/** Reads one descriptor over the value that an equal key or an older element has left. `undefined`: there is none. */
export function readRawDescriptor(
  given: FieldValue,
  before: RawDescriptor | undefined,
  place: FieldPlace,
  readers: DescriptorReaders,
): RawDescriptor | undefined {
  let read = before
  for (const value of valuesOf(given)) {
    if (value === null) continue
    const fields = fieldsOf(value, NAMES)
    if (fields === undefined) {
      place.wrong('', 'is not an object')
      continue
    }
    const old = read ?? NO_DESCRIPTOR
    const { annotations, platform, data, artifactType } = fields
    if (data !== undefined) checkBytes(data, place.readBy(readers.inline), 'data')
    read = {
      mediaType: readText(fields['mediaType'], old.mediaType, place, 'mediaType'),
      digest: readText(fields['digest'], old.digest, place, 'digest'),
      size: readInteger(fields['size'], old.size, place, SIZE),
      urls: countTexts(fields['urls'], old.urls, place, 'urls'),
      annotations:
        annotations === undefined
          ? old.annotations
          : readTextMap(annotations, old.annotations, place.readBy(readers.annotations), 'annotations'),
      platform:
        platform === undefined
          ? old.platform
          : readPlatform(platform, old.platform, place.in('platform', undefined, readers.platform), readers),
      artifactType:
        artifactType === undefined
          ? old.artifactType
          : readText(artifactType, old.artifactType, place.readBy(readers.inline), 'artifactType'),
    }
  }
  return read
}

function readPlatform(
  given: FieldValue,
  before: RawPlatform | undefined,
  place: FieldPlace,
  readers: DescriptorReaders,
): RawPlatform | undefined {
  let platform = before
  for (const value of valuesOf(given)) {
    const fields = fieldsOf(value, PLATFORM_NAMES)
    if (value === null) platform = undefined
    else if (fields === undefined) place.wrong('', 'is not an object')
    else {
      const old = platform ?? NO_PLATFORM
      platform = {
        os: readText(fields['os'], old.os, place, 'os'),
        architecture: readText(fields['architecture'], old.architecture, place, 'architecture'),
        variant: readText(fields['variant'], old.variant, place, 'variant'),
      }
      readText(fields['os.version'], '', place, 'os.version')
      countTexts(fields['os.features'], 0, place, 'os.features')
      countTexts(fields['features'], 0, place.readBy(readers.features), 'features')
    }
  }
  return platform
}

/**
 * Checks the digest and the size of a descriptor. Only clients refuse a wrong one: a registry serves the manifest without
 * looking at it.
 */
export function descriptorOf(raw: RawDescriptor, place: FieldPlace): Descriptor | undefined {
  const { digest, size } = raw
  if (size !== undefined && (size < 0 || !Number.isSafeInteger(size)))
    place.readBy('client').wrong(SIZE.name, SIZE.wrong)
  if (!isDigest(digest)) {
    place.readBy('client').wrong('digest', 'is not a digest')
    return undefined
  }
  return checkedDescriptor({ ...raw, digest, referenceType: raw.annotations?.get(REFERENCE_TYPE) })
}

/** Makes a descriptor from checked values. */
export function checkedDescriptor({
  digest,
  mediaType,
  size,
  urls,
  platform: raw,
  artifactType,
  referenceType,
}: Omit<RawDescriptor, 'annotations'> & {
  readonly digest: Digest
  readonly referenceType: string | undefined
}): Descriptor {
  const platform = platformOf(raw)
  return {
    digest,
    mediaType,
    size,
    platform,
    runnable:
      platform !== 'unknown/unknown' &&
      referenceType !== 'attestation-manifest' &&
      (artifactType === '' || isImageConfigType(artifactType)),
    foreign: isForeignLayerType(mediaType) || urls > 0,
  }
}

function platformOf(raw: RawPlatform | undefined): string | undefined {
  if (raw === undefined || (raw.os === '' && raw.architecture === '')) return undefined
  if (raw.os !== '' && raw.architecture !== '' && raw.variant === '') return `${raw.os}/${raw.architecture}`
  return [raw.os, raw.architecture, raw.variant].filter((part) => part !== '').join('/')
}
