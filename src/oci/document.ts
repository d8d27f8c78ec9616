import {
  type Descriptor,
  type DescriptorReaders,
  DOCKER_BLOB,
  DOCKER_CHILD,
  descriptorOf,
  NO_DESCRIPTOR,
  OCI_BLOB,
  OCI_CHILD,
  readRawDescriptor,
} from './descriptor.ts'
import { type Digest, isDigest } from './digest.ts'
import { FieldNames, type Fields, fieldsOf, isNull } from './json/go-json.ts'
import { overflows, readTextMap } from './json/go-map.ts'
import { FieldPlace, ReadErrors, readInteger, readList, readText } from './json/go-struct.ts'
import { isDockerType, isImageConfigType, isImageType, isIndexType, OCI_ARTIFACT } from './media-type.ts'

/** A manifest, reduced to the objects that it refers to. */
export type Manifest = Referring & {
  /**
   * The manifest that it is about, as a signature or an SBOM is. It does not need that: the reference is weak.
   * @see image-spec v1.1.1, manifest.md, "subject"
   */
  readonly subject?: Digest
}

type Referring =
  | {
      readonly is: 'image'
      /** From the document; empty if it does not state it. */
      readonly mediaType: string
      readonly config: Descriptor
      readonly layers: readonly Descriptor[]
      /** `false` for artifacts: charts, signatures, attestations. */
      readonly runnable: boolean
    }
  | { readonly is: 'index'; readonly mediaType: string; readonly children: readonly Descriptor[] }
  | { readonly is: 'schema1'; readonly mediaType: string; readonly layers: readonly Descriptor[] }
  /** An OCI artifact manifest. Its blobs are called layers here, because that is how a registry stores them. */
  | { readonly is: 'artifact'; readonly mediaType: string; readonly layers: readonly Descriptor[] }

/** Why a document is not a manifest that the reference server would serve and a client could use. */
export interface Refusal {
  readonly is: 'refused'
  readonly cause: 'unparsable' | 'ambiguous' | 'media-type-refused'
  /** `client`: the reference server serves it, but clients cannot use it. */
  readonly refusedBy: 'registry' | 'client'
  /** The field, or the error of the parser. May contain text from the registry: escape before printing. */
  readonly detail: string
  /** What the registry takes it for, if only clients refuse it. */
  readonly document?: Manifest
}

/** How a document is read. */
export interface ReadOptions {
  /** A registry has served it, so it does not matter whether another one would refuse it. */
  readonly served: boolean
}

const ESSENTIAL = ['config', 'fsLayers', 'history', 'layers', 'manifests'] as const
/** The fields of all kinds of manifests. */
export const DOCUMENT_NAMES: FieldNames = new FieldNames([
  'schemaVersion',
  'mediaType',
  ...ESSENTIAL,
  'annotations',
  'subject',
  'blobs',
  'artifactType',
  'name',
  'tag',
  'architecture',
])
const LAYER_NAMES = new FieldNames(['blobSum'])
const HISTORY_NAMES = new FieldNames(['v1Compatibility'])
const VERSION = { name: 'schemaVersion', wrong: 'is neither 1 nor 2' }

/** A refusal by the registry, or by clients if a registry has served it. */
export function refusal(cause: Refusal['cause'], detail: string, { served }: ReadOptions): Refusal {
  return { is: 'refused', cause, refusedBy: served ? 'client' : 'registry', detail }
}

/** Reads one document. */
export class Document {
  readonly #fields: Fields
  readonly #reading: ReadOptions
  readonly #errors = new ReadErrors()
  readonly #place = new FieldPlace(this.#errors)
  readonly #mediaType: string

  constructor(fields: Fields, reading: ReadOptions) {
    this.#fields = fields
    this.#reading = reading
    this.#mediaType = readText(fields['mediaType'], '', this.#place, 'mediaType')
  }

  read(): Manifest | Refusal {
    const type = this.#mediaType
    if (type === OCI_ARTIFACT) return this.#artifact()
    const version = readInteger(this.#fields['schemaVersion'], undefined, this.#place, VERSION)
    if (version !== 1 && version !== 2) this.#place.wrong(VERSION.name, VERSION.wrong)
    const wrong = this.#errors.byRegistry
    if (wrong !== undefined) return refusal('unparsable', wrong, this.#reading)
    if (version === 1) return this.#checked(this.#schema1(), [])
    const isIndex = isIndexType(type) || (type === '' && this.#has('manifests'))
    if (isIndex) return this.#checked(this.#index(), ['manifests'])
    if (isImageType(type) || type === '') return this.#checked(this.#image(), ['config', 'layers'])
    if (this.#has('manifests') && this.#has('layers')) return refusal('ambiguous', BOTH, this.#reading)
    return refusal('media-type-refused', type, this.#reading)
  }

  /** Whether a field has a value, even of the wrong type. */
  #has(name: string): boolean {
    return !isNull(this.#fields[name])
  }

  /** @param own the fields that this kind of document may have; empty if clients do not check them */
  #checked(document: Manifest | undefined, own: readonly string[]): Manifest | Refusal {
    const { byRegistry } = this.#errors
    if (byRegistry !== undefined && !this.#reading.served) return refusal('unparsable', byRegistry, this.#reading)
    const refused = this.#refusedByClients(own)
    if (refused === undefined && document !== undefined) return document
    const [cause, detail] = refused ?? ['unparsable', 'config is not an object']
    return { is: 'refused', cause, refusedBy: 'client', detail, ...(document && { document }) }
  }

  #refusedByClients(own: readonly string[]): readonly [Refusal['cause'], string] | undefined {
    const foreign = own.length === 0 ? [] : ESSENTIAL.filter((name) => !own.includes(name) && this.#has(name))
    if (foreign.length > 0) {
      const isBoth = this.#has('manifests') && this.#has('layers')
      return ['ambiguous', isBoth ? BOTH : `${own.join(' and ')} beside ${foreign.join(' and ')}`]
    }
    const { byClient } = this.#errors
    if (byClient !== undefined) return ['unparsable', byClient]
    const large = own.length === 0 ? undefined : ESSENTIAL.find((name) => overflows(this.#fields[name]))
    return large === undefined ? undefined : ['unparsable', `${large} holds a number that is too large`]
  }

  #index(): Manifest {
    const isDocker = isDockerType(this.#mediaType)
    if (!isDocker) this.#annotations('client')
    const children = this.#descriptors('manifests', isDocker ? DOCKER_CHILD : OCI_CHILD)
    return { is: 'index', mediaType: this.#mediaType, children, ...this.#subject() }
  }

  #image(): Manifest | undefined {
    const isDocker = isDockerType(this.#mediaType)
    const readers = isDocker ? DOCKER_BLOB : OCI_BLOB
    const place = this.#place.in('config')
    const config = readRawDescriptor(this.#fields['config'], undefined, place, readers)
    if (config === undefined) place.readBy('client').wrong('', 'is not an object')
    const read = config && descriptorOf(config, place)
    const layers = this.#descriptors('layers', readers)
    if (!isDocker) {
      this.#annotations('both')
      readRawDescriptor(
        this.#fields['subject'],
        undefined,
        this.#place.in('subject', undefined, 'client'),
        clientsOnly(OCI_BLOB),
      )
    }
    if (read === undefined) return undefined
    return {
      is: 'image',
      mediaType: this.#mediaType,
      // Without a size Go has 0, and clients compare it for a config, and only for a config.
      config: { ...read, size: read.size ?? 0 },
      layers,
      runnable: isImageConfigType(read.mediaType),
      ...this.#subject(),
    }
  }

  /** Read apart from what refuses a document: whether clients read it depends on their version. */
  #subject(): Pick<Manifest, 'subject'> {
    const place = new FieldPlace(new ReadErrors()).in('subject')
    const digest = readRawDescriptor(this.#fields['subject'], undefined, place, OCI_BLOB)?.digest
    return digest !== undefined && isDigest(digest) ? { subject: digest } : {}
  }

  /** @see image-spec v1.1.0-rc2, artifact.md: it has no `schemaVersion` */
  #artifact(): Manifest | Refusal {
    if (!this.#reading.served) return refusal('media-type-refused', this.#mediaType, this.#reading)
    const layers = this.#descriptors('blobs', OCI_BLOB)
    this.#annotations('both')
    readText(this.#fields['artifactType'], '', this.#place, 'artifactType')
    readRawDescriptor(this.#fields['subject'], undefined, this.#place.in('subject'), OCI_BLOB)
    return this.#checked({ is: 'artifact', mediaType: this.#mediaType, layers, ...this.#subject() }, [])
  }

  #schema1(): Manifest {
    for (const name of ['name', 'tag', 'architecture']) readText(this.#fields[name], '', this.#place, name)
    const structs = (name: string, names: FieldNames, field: string): readonly string[] =>
      readList(this.#fields[name], this.#place, name, (value, before: string | undefined, n) => {
        const place = this.#place.in(name, n)
        const fields = fieldsOf(value, names)
        if (fields === undefined && value !== null) place.wrong('', 'is not an object')
        return readText(fields?.[field], before ?? '', place, field)
      })?.items ?? []
    structs('history', HISTORY_NAMES, 'v1Compatibility')
    const layers = structs('fsLayers', LAYER_NAMES, 'blobSum').map((digest, n) =>
      descriptorOf({ ...NO_DESCRIPTOR, digest }, this.#place.in('fsLayers', n)),
    )
    return { is: 'schema1', mediaType: this.#mediaType, layers: known(layers) }
  }

  #descriptors(name: string, readers: DescriptorReaders): readonly Descriptor[] {
    const place = this.#place.in(name, 0)
    const raw = readList(
      this.#fields[name],
      this.#place,
      name,
      (value, before: typeof NO_DESCRIPTOR | undefined, n) => {
        return readRawDescriptor(value, before, place.at(n), readers) ?? NO_DESCRIPTOR
      },
    )
    return known((raw?.items ?? []).map((each, n) => descriptorOf(each, place.at(n))))
  }

  #annotations(readBy: 'client' | 'both'): void {
    readTextMap(this.#fields['annotations'], undefined, this.#place.readBy(readBy), 'annotations')
  }
}

const BOTH = 'both manifests and layers'

function known(descriptors: readonly (Descriptor | undefined)[]): readonly Descriptor[] {
  return descriptors.filter((each) => each !== undefined)
}

function clientsOnly(readers: DescriptorReaders): DescriptorReaders {
  return { ...readers, annotations: 'client', platform: 'client' }
}
