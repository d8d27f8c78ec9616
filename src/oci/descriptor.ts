import { type Digest, isDigest } from './digest.ts'
import { isForeignLayerType, isImageConfigType } from './media-type.ts'

/** A claim about a manifest or a blob, as its parent states it. */
export interface Descriptor {
  readonly digest: Digest
  /** Empty where the parent does not say. */
  readonly mediaType: string
  /** Bytes. `undefined` where the parent does not say: no claim, so nothing to compare. */
  readonly size: number | undefined
  /** `os/architecture[/variant]`, only on children of an index. */
  readonly platform: string | undefined
  /** `false` where the descriptor alone says that no machine would run it: a build attestation, an artifact. */
  readonly runnable: boolean
  /** The registry need not hold it: a non-distributable layer, or one with `urls`. */
  readonly foreign: boolean
}

/** What is wrong with a document that should have been a descriptor. */
export class DescriptorError extends Error {}

/**
 * Read a descriptor as the reference server does: a field of the wrong JSON type is an error, a missing one is not,
 * except the digest, without which nothing can be fetched.
 *
 * @throws {DescriptorError} naming the field
 * @see image-spec v1.1.1, descriptor.md
 */
export function readDescriptor(value: unknown, where: string): Descriptor {
  const fields = recordOf(value, where)
  const digest = textOf(fields['digest'], `${where}.digest`)
  if (!isDigest(digest)) throw new DescriptorError(`${where}.digest is not a digest`)
  const mediaType = textOf(fields['mediaType'], `${where}.mediaType`)
  const platform = fields['platform'] == null ? undefined : platformOf(fields['platform'], `${where}.platform`)
  return {
    digest,
    mediaType,
    size: sizeOf(fields['size'], `${where}.size`),
    platform,
    runnable:
      platform !== 'unknown/unknown' &&
      !isAttestation(fields['annotations'], `${where}.annotations`) &&
      !isArtifact(textOf(fields['artifactType'], `${where}.artifactType`)),
    foreign: isForeignLayerType(mediaType) || hasUrls(fields['urls'], `${where}.urls`),
  }
}

/** A JSON object's fields. @throws {DescriptorError} where it is something else */
export function recordOf(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new DescriptorError(`${where} is not an object`)
  return value as Readonly<Record<string, unknown>>
}

/** A JSON array, or an empty one where it is missing or `null`. @throws {DescriptorError} where it is something else */
export function listOf(value: unknown, where: string): readonly unknown[] {
  if (value == null) return []
  if (!Array.isArray(value)) throw new DescriptorError(`${where} is not a list`)
  return value
}

/** A JSON string, or an empty one where it is missing or `null`. @throws {DescriptorError} where it is something else */
export function textOf(value: unknown, where: string): string {
  if (value == null) return ''
  if (typeof value !== 'string') throw new DescriptorError(`${where} is not a string`)
  return value
}

function sizeOf(value: unknown, where: string): number | undefined {
  if (value == null) return undefined
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw new DescriptorError(`${where} is not a number of bytes`)
  return value
}

function platformOf(value: unknown, where: string): string | undefined {
  const fields = recordOf(value, where)
  const os = textOf(fields['os'], `${where}.os`)
  const architecture = textOf(fields['architecture'], `${where}.architecture`)
  const variant = textOf(fields['variant'], `${where}.variant`)
  if (os === '' && architecture === '') return undefined
  return [os, architecture, variant].filter((part) => part !== '').join('/')
}

function isAttestation(value: unknown, where: string): boolean {
  if (value == null) return false
  return recordOf(value, where)['vnd.docker.reference.type'] === 'attestation-manifest'
}

function isArtifact(artifactType: string): boolean {
  return artifactType !== '' && !isImageConfigType(artifactType)
}

function hasUrls(value: unknown, where: string): boolean {
  return listOf(value, where).length > 0
}
