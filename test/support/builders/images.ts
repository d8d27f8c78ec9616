import { createHash } from 'node:crypto'

/** What a manifest says about something it names, as the OCI spec spells it. Tests may add any field. */
interface Descriptor {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
  readonly [field: string]: unknown
}

/** A config or a layer. */
export interface BlobNode {
  readonly kind: 'blob'
  readonly descriptor: Descriptor
  readonly bytes: Buffer
  /** Named by a manifest but never pushed, as non-distributable layers lawfully are. */
  readonly absent?: true
}

export interface ImageNode {
  readonly kind: 'image'
  readonly descriptor: Descriptor
  readonly bytes: Buffer
  readonly config: BlobNode
  readonly layers: readonly BlobNode[]
}

export interface IndexNode {
  readonly kind: 'index'
  readonly descriptor: Descriptor
  readonly bytes: Buffer
  readonly children: readonly ManifestNode[]
}

export type ManifestNode = ImageNode | IndexNode
export type Flavour = 'oci' | 'docker'

export const MEDIA_TYPE = {
  oci: {
    image: 'application/vnd.oci.image.manifest.v1+json',
    index: 'application/vnd.oci.image.index.v1+json',
    config: 'application/vnd.oci.image.config.v1+json',
    layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  },
  docker: {
    image: 'application/vnd.docker.distribution.manifest.v2+json',
    index: 'application/vnd.docker.distribution.manifest.list.v2+json',
    config: 'application/vnd.docker.container.image.v1+json',
    layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  },
  schema1: 'application/vnd.docker.distribution.manifest.v1+prettyjws',
  empty: 'application/vnd.oci.empty.v1+json',
  attestation: 'application/vnd.in-toto+json',
  foreign: 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip',
} as const

export interface ImageOptions {
  readonly flavour?: Flavour
  /** `os/architecture` or `os/architecture/variant`, in the config and in the descriptor that an index gets. */
  readonly platform?: string
  readonly config?: BlobNode
  readonly layers?: readonly BlobNode[]
  /** Fields added to the manifest, or taking the place of its own; `undefined` leaves one out. */
  readonly fields?: Readonly<Record<string, unknown>>
}

export interface IndexOptions {
  readonly flavour?: Flavour
  readonly fields?: Readonly<Record<string, unknown>>
}

export function digestOf(bytes: Uint8Array, algorithm: 'sha256' | 'sha512' = 'sha256'): string {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`
}

/** Bytes that depend on the seed alone: no clock, no randomness. */
export function contentOf(seed: string, size: number): Buffer {
  const blocks: Buffer[] = []
  for (let at = 0; at < size; at += 32) blocks.push(createHash('sha256').update(`${seed} ${at}`).digest())
  return Buffer.concat(blocks).subarray(0, size)
}

export function blob(bytes: Buffer, mediaType: string, fields: Readonly<Record<string, unknown>> = {}): BlobNode {
  return { kind: 'blob', descriptor: { mediaType, digest: digestOf(bytes), size: bytes.byteLength, ...fields }, bytes }
}

/** A layer of seeded bytes. To the registry every blob is opaque, so these are no tar archives. */
export function layer(seed: string, size = 200, mediaType: string = MEDIA_TYPE.oci.layer): BlobNode {
  return blob(contentOf(`layer ${seed}`, size), mediaType)
}

/** An image of one config and (unless told otherwise) two layers, all of it following from the seed. */
export function image(seed: string, options: ImageOptions = {}): ImageNode {
  const { flavour = 'oci', platform = 'linux/amd64', fields = {} } = options
  const types = MEDIA_TYPE[flavour]
  const layers = options.layers ?? [layer(`${seed} base`, 240, types.layer), layer(`${seed} app`, 160, types.layer)]
  const config = options.config ?? imageConfig(seed, { platform, layers, mediaType: types.config })
  const bytes = json({
    schemaVersion: 2,
    mediaType: types.image,
    config: config.descriptor,
    layers: layers.map((each) => each.descriptor),
    ...fields,
  })
  const descriptor = {
    mediaType: types.image,
    digest: digestOf(bytes),
    size: bytes.byteLength,
    ...platformOf(platform),
  }
  return { kind: 'image', descriptor, bytes, config, layers }
}

/** What is no image: an empty config, no platform, a type of its own. */
export function artifact(
  seed: string,
  artifactType: string,
  options: Pick<ImageOptions, 'layers' | 'fields'> = {},
): ImageNode {
  const config = blob(Buffer.from('{}'), MEDIA_TYPE.empty)
  const layers = options.layers ?? [layer(`artifact ${seed}`, 90, artifactType)]
  const built = image(seed, { config, layers, fields: { artifactType, ...options.fields } })
  const { mediaType, digest, size } = built.descriptor
  return { ...built, descriptor: { mediaType, digest, size, artifactType } }
}

/** An index over its children's descriptors, in the given order. */
export function index(children: readonly ManifestNode[], options: IndexOptions = {}): IndexNode {
  const mediaType = MEDIA_TYPE[options.flavour ?? 'oci'].index
  const manifests = children.map((child) => child.descriptor)
  const bytes = json({ schemaVersion: 2, mediaType, manifests, ...options.fields })
  return {
    kind: 'index',
    descriptor: { mediaType, digest: digestOf(bytes), size: bytes.byteLength },
    bytes,
    children,
  }
}

/** The child that BuildKit adds for provenance: platform `unknown/unknown`, pointing at the image it speaks of. */
export function attestationFor(subject: ImageNode): ImageNode {
  const about = subject.descriptor.digest
  const statement = blob(json({ _type: 'https://in-toto.io/Statement/v0.1', about }), MEDIA_TYPE.attestation)
  const built = image(`attestation ${about}`, { platform: 'unknown/unknown', layers: [statement] })
  return describedBy(built, {
    annotations: { 'vnd.docker.reference.digest': about, 'vnd.docker.reference.type': 'attestation-manifest' },
  })
}

/** The same node, under a descriptor with other or more fields: what an index will say about it. */
export function describedBy<T extends ManifestNode | BlobNode>(node: T, fields: Readonly<Record<string, unknown>>): T {
  return { ...node, descriptor: { ...node.descriptor, ...fields } }
}

/** An image's real config: a JSON document whose diff_ids follow its layers. */
export function imageConfig(
  seed: string,
  about: { readonly platform: string; readonly layers: readonly BlobNode[]; readonly mediaType?: string },
): BlobNode {
  const [os, architecture] = about.platform.split('/')
  const diffIds = about.layers.map((each) => digestOf(each.bytes))
  const document = {
    created: '2026-01-01T00:00:00Z',
    architecture,
    os,
    config: { Cmd: [seed] },
    rootfs: { type: 'layers', diff_ids: diffIds },
  }
  return blob(json(document), about.mediaType ?? MEDIA_TYPE.oci.config)
}

/** The JSON as it is hashed and stored: compact, keys in the order given. */
export function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}

/** What a manifest says it is, whatever an index calls it. */
export function ownMediaType({ kind, bytes }: ManifestNode): string {
  const { mediaType }: { mediaType?: string } = JSON.parse(bytes.toString())
  return mediaType ?? MEDIA_TYPE.oci[kind]
}

/** Every manifest under a node, the node first, each digest once. */
export function manifestsUnder(node: ManifestNode): ManifestNode[] {
  const seen = new Map<string, ManifestNode>()
  const visit = (each: ManifestNode) => {
    if (seen.has(each.descriptor.digest)) return
    seen.set(each.descriptor.digest, each)
    if (each.kind === 'index') for (const child of each.children) visit(child)
  }
  visit(node)
  return [...seen.values()]
}

function platformOf(platform: string): { platform: Record<string, string> } {
  const [os = '', architecture = '', variant] = platform.split('/')
  return { platform: { architecture, os, ...(variant === undefined ? {} : { variant }) } }
}
