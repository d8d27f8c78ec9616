import {
  artifact,
  attestationFor,
  type BlobNode,
  type ImageNode,
  image,
  index,
  layer,
  type ManifestNode,
} from '../../support/builders/images.ts'
import { fc } from '../../support/fast-check.ts'
import { MemoryRegistry } from '../../support/simulated/memory-registry.ts'
import { REPOSITORY } from '../scene.ts'

const MANIFEST_WOUNDS = ['unlinked', 'bad link', 'bytes gone', 'altered', 'rewritten', 'emptied', 'unread'] as const
const BLOB_WOUNDS = ['unlinked', 'bad link', 'bytes gone', 'altered', 'cut short', 'emptied', 'unread'] as const
const TAG_WOUNDS = ['no link', 'bad link', 'dead', 'unread'] as const

export type ManifestWound = (typeof MANIFEST_WOUNDS)[number]
export type BlobWound = (typeof BLOB_WOUNDS)[number]
export type TagWound = (typeof TAG_WOUNDS)[number]

/** A repository that was whole once, and what happened to each object of it since: at most one thing each. */
export interface RandomGraph {
  readonly registry: MemoryRegistry
  readonly manifests: readonly ManifestNode[]
  readonly tags: ReadonlyMap<string, { readonly node: ManifestNode; readonly wound: TagWound | undefined }>
  readonly manifestWounds: ReadonlyMap<string, ManifestWound>
  readonly blobWounds: ReadonlyMap<string, BlobWound>
}

export interface Plan {
  readonly leaves: readonly {
    readonly kind: 'image' | 'artifact' | 'attestation'
    readonly config: number
    readonly layers: readonly number[]
  }[]
  readonly indexes: readonly (readonly number[])[]
  readonly tags: readonly { readonly node: number; readonly wound: TagWound | undefined }[]
  readonly manifestWounds: readonly (readonly [number, ManifestWound])[]
  readonly blobWounds: readonly (readonly [number, BlobWound])[]
}

const place = fc.nat({ max: 40 })

/** Small enough to be read where a law is broken. */
export const plans: fc.Arbitrary<Plan> = fc.record({
  leaves: fc.array(
    fc.record({
      kind: fc.constantFrom('image' as const, 'image' as const, 'artifact' as const, 'attestation' as const),
      config: place,
      layers: fc.array(place, { maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 5 },
  ),
  indexes: fc.array(fc.array(place, { maxLength: 4 }), { maxLength: 4 }),
  tags: fc.array(
    fc.record({ node: place, wound: fc.option(fc.constantFrom(...TAG_WOUNDS), { nil: undefined, freq: 5 }) }),
    {
      maxLength: 4,
    },
  ),
  manifestWounds: fc.array(fc.tuple(place, fc.constantFrom(...MANIFEST_WOUNDS)), { maxLength: 3 }),
  blobWounds: fc.array(fc.tuple(place, fc.constantFrom(...BLOB_WOUNDS)), { maxLength: 3 }),
})

const PLATFORMS = ['linux/amd64', 'linux/arm64', 'linux/arm/v7']

export function grown(plan: Plan): RandomGraph {
  const layers = Array.from({ length: 4 }, (_, n) => layer(`layer ${n}`, 40 + n))
  const leaves = plan.leaves.map(({ kind, config, layers: names }, n) => {
    const own = names.map((name) => pick(layers, name))
    if (kind === 'artifact') return artifact(`${n}`, 'application/vnd.example.thing', { layers: own })
    const platform = pick(PLATFORMS, n)
    const made = image(`image ${config % 2}`, { platform, layers: own })
    return kind === 'attestation' ? attestationFor(made) : made
  })
  const manifests: ManifestNode[] = [...leaves]
  for (const children of plan.indexes) manifests.push(index(children.map((child) => pick(manifests, child))))
  const registry = new MemoryRegistry()
  for (const node of manifests) registry.push(REPOSITORY, node)
  const tags = new Map(plan.tags.map(({ node, wound }, n) => [`tag-${n}`, { node: pick(manifests, node), wound }]))
  const graph = {
    registry,
    manifests,
    tags,
    manifestWounds: new Map(plan.manifestWounds.map(([n, wound]) => [pick(manifests, n).descriptor.digest, wound])),
    blobWounds: new Map(plan.blobWounds.map(([n, wound]) => [pick(blobsOf(manifests), n).descriptor.digest, wound])),
  }
  inflict(graph)
  return graph
}

export function blobsOf(manifests: readonly ManifestNode[]): BlobNode[] {
  const images = manifests.filter((node): node is ImageNode => node.kind === 'image')
  const blobs = images.flatMap(({ config, layers }) => [config, ...layers])
  return [...new Map(blobs.map((blob) => [blob.descriptor.digest, blob])).values()]
}

function inflict({ registry, manifests, tags, manifestWounds, blobWounds }: RandomGraph): void {
  const links = registry.repository(REPOSITORY)
  for (const [tag, { node, wound }] of tags) {
    links.tags.set(tag, node.descriptor.digest)
    if (wound === 'no link') links.tags.set(tag, null)
    if (wound === 'bad link') links.tags.set(tag, '')
    if (wound === 'dead') links.tags.set(tag, DEAD)
    if (wound === 'unread') registry.unreadable.set(registry.at.tagLink(REPOSITORY, tag), 'STORE_TIMEOUT')
  }
  for (const { descriptor, bytes } of manifests)
    hurt(registry, links.revisions, { digest: descriptor.digest, bytes, wound: manifestWounds.get(descriptor.digest) })
  for (const { descriptor, bytes } of blobsOf(manifests))
    hurt(registry, links.layers, { digest: descriptor.digest, bytes, wound: blobWounds.get(descriptor.digest) })
}

/** A manifest that never was. */
export const DEAD = `sha256:${'dead'.repeat(16)}`

function hurt(
  registry: MemoryRegistry,
  links: Map<string, string | null>,
  victim: {
    readonly digest: string
    readonly bytes: Buffer
    readonly wound: ManifestWound | BlobWound | undefined
  },
): void {
  const { digest, bytes, wound } = victim
  if (wound === 'unlinked') links.delete(digest)
  if (wound === 'bad link') links.set(digest, 'sha256:')
  if (wound === 'bytes gone') registry.blobs.delete(digest)
  if (wound === 'emptied') registry.blobs.set(digest, Buffer.alloc(0))
  if (wound === 'rewritten') registry.blobs.set(digest, Buffer.concat([bytes, Buffer.from(' ')]))
  if (wound === 'cut short') registry.blobs.set(digest, bytes.subarray(1))
  if (wound === 'unread') registry.unreadable.set(registry.at.data(digest), 'STORE_TIMEOUT')
  if (wound === 'altered') registry.blobs.set(digest, Buffer.from(bytes.map((byte, n) => (n === 0 ? byte ^ 1 : byte))))
}

function pick<T>(from: readonly T[], n: number): T {
  const picked = from[n % from.length]
  if (picked === undefined) throw new RangeError('nothing to pick from')
  return picked
}
