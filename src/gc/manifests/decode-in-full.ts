import {
  type DescriptorReaders,
  DOCKER_BLOB,
  DOCKER_CHILD,
  NO_DESCRIPTOR,
  OCI_BLOB,
  OCI_CHILD,
  type RawDescriptor,
  readRawDescriptor,
} from '../../oci/descriptor.ts'
import { FieldNames, type Fields, fieldsOf } from '../../oci/json/go-json.ts'
import { readTextMap } from '../../oci/json/go-map.ts'
import { FieldPlace, ReadErrors, readInteger, readList, readText } from '../../oci/json/go-struct.ts'
import { isDockerType, isForeignLayerType, isImageType, isIndexType } from '../../oci/media-type.ts'
import type { DecodedManifest, ReferenceClaim } from '../inventory.ts'

/** Whose structs decode. */
export type Version = 'v2' | 'v3'

/** The fields that any engine decodes. */
export const MANIFEST_NAMES: FieldNames = new FieldNames([
  'schemaVersion',
  'mediaType',
  'config',
  'layers',
  'manifests',
  'annotations',
  'name',
  'tag',
  'architecture',
  'fsLayers',
  'history',
])
const LAYER_NAMES = new FieldNames(['blobSum'])
const HISTORY_NAMES = new FieldNames(['v1Compatibility'])
const VERSION = { name: 'schemaVersion', wrong: 'is not an integer' }

/** 3.x decodes descriptors into those of image-spec: every field of them. */
const V3_BLOB: DescriptorReaders = { annotations: 'both', platform: 'both', features: 'nobody', inline: 'both' }
const V3_CHILD: DescriptorReaders = { ...V3_BLOB, features: 'nobody' }
const V3_DOCKER_CHILD: DescriptorReaders = { ...V3_BLOB, features: 'both' }

/** Decodes a document that is an object. @see distribution, `manifestStore.Get` and the `Unmarshal` of each handler */
export function decodeAs(version: Version, fields: Fields): DecodedManifest {
  return new Decoder(version, fields).decode()
}

class Decoder {
  readonly #version: Version
  readonly #fields: Fields
  readonly #errors = new ReadErrors()
  readonly #place = new FieldPlace(this.#errors)

  constructor(version: Version, fields: Fields) {
    this.#version = version
    this.#fields = fields
  }

  decode(): DecodedManifest {
    const mediaType = readText(this.#fields['mediaType'], '', this.#place, 'mediaType')
    const schema = readInteger(this.#fields['schemaVersion'], 0, this.#place, VERSION)
    const wrong = this.#errors.byRegistry
    if (wrong !== undefined) return refused(wrong)
    if (schema === 1 && this.#version === 'v2') return this.#checked(this.#schema1())
    if (schema !== 2) return unsupported(`unrecognized manifest schema version ${schema}`)
    if (isIndexType(mediaType)) return this.#checked(this.#index(isDockerType(mediaType)))
    if (isImageType(mediaType)) return this.#checked(this.#image(isDockerType(mediaType)))
    if (mediaType === '') return this.#untyped()
    return unsupported(`errors verifying manifest: unrecognized manifest content type ${mediaType}`)
  }

  #checked(decoded: DecodedManifest): DecodedManifest {
    const wrong = this.#errors.byRegistry
    return wrong === undefined ? decoded : refused(wrong)
  }

  /** Decoded as an index first. If that fails, both engines crash. */
  #untyped(): DecodedManifest {
    const index = this.#index(false)
    if (this.#errors.byRegistry !== undefined)
      return refused(`panic: interface conversion: distribution.Manifest is nil (${this.#errors.byRegistry})`)
    if (this.#isList('manifests')) return index
    return this.#checked(this.#image(false))
  }

  #isList(name: string): boolean {
    return readList(this.#fields[name], new FieldPlace(new ReadErrors()), name, () => undefined) !== undefined
  }

  #index(isDocker: boolean): DecodedManifest {
    const readers =
      this.#version === 'v2' ? (isDocker ? DOCKER_CHILD : OCI_CHILD) : isDocker ? V3_DOCKER_CHILD : V3_CHILD
    if (this.#version === 'v3' && !isDocker) this.#annotations()
    const children = this.#descriptors('manifests', readers)
    return { is: 'index', references: children.map(({ digest }) => digest), claims: children.map(claimOfChild) }
  }

  #image(isDocker: boolean): DecodedManifest {
    const readers = this.#version === 'v2' ? (isDocker ? DOCKER_BLOB : OCI_BLOB) : V3_BLOB
    const place = this.#place.in('config')
    const config = readRawDescriptor(this.#fields['config'], undefined, place, readers) ?? NO_DESCRIPTOR
    const blobs = [config, ...this.#descriptors('layers', readers)]
    if (!isDocker) this.#annotations()
    return { is: 'image', references: blobs.map(({ digest }) => digest), claims: blobs.map(claimOfBlob) }
  }

  #schema1(): DecodedManifest {
    for (const name of ['name', 'tag', 'architecture']) readText(this.#fields[name], '', this.#place, name)
    this.#structs('history', HISTORY_NAMES, 'v1Compatibility')
    const references = this.#structs('fsLayers', LAYER_NAMES, 'blobSum')
    return { is: 'schema1', references, claims: references.map(() => SCHEMA1_LAYER) }
  }

  #structs(name: string, names: FieldNames, field: string): readonly string[] {
    const list = readList(this.#fields[name], this.#place, name, (value, before: string | undefined, n) => {
      const place = this.#place.in(name, n)
      const fields = fieldsOf(value, names)
      if (fields === undefined && value !== null) place.wrong('', 'is not an object')
      return readText(fields?.[field], before ?? '', place, field)
    })
    return list?.items ?? []
  }

  #descriptors(name: string, readers: DescriptorReaders): readonly RawDescriptor[] {
    const place = this.#place.in(name, 0)
    const list = readList(this.#fields[name], this.#place, name, (value, before: RawDescriptor | undefined, n) => {
      return readRawDescriptor(value, before, place.at(n), readers) ?? NO_DESCRIPTOR
    })
    return list?.items ?? []
  }

  #annotations(): void {
    readTextMap(this.#fields['annotations'], undefined, this.#place, 'annotations')
  }
}

const SCHEMA1_LAYER: ReferenceClaim = { size: undefined, platform: undefined, runnable: true, foreign: false }

function claimOfBlob({ size, mediaType, urls }: RawDescriptor): ReferenceClaim {
  return { size, platform: undefined, runnable: true, foreign: isForeignLayerType(mediaType) || urls > 0 }
}

function claimOfChild({ platform, artifactType }: RawDescriptor): ReferenceClaim {
  const { os = '', architecture = '', variant = '' } = platform ?? {}
  const text = [os, architecture, variant].filter((part) => part !== '').join('/')
  const runnable = text !== 'unknown/unknown' && artifactType === ''
  return { size: undefined, platform: text === '' ? undefined : text, runnable, foreign: false }
}

function refused(error: string): DecodedManifest {
  return { is: 'refused', kind: 'undecodable', error }
}

function unsupported(error: string): DecodedManifest {
  return { is: 'refused', kind: 'unsupported', error }
}
