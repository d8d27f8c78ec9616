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

const MANIFEST_DAMAGES = ['unlinked', 'bad link', 'bytes gone', 'altered', 'rewritten', 'emptied', 'unread'] as const
const BLOB_DAMAGES = ['unlinked', 'bad link', 'bytes gone', 'altered', 'cut short', 'emptied', 'unread'] as const
const TAG_DAMAGES = ['no link', 'bad link', 'dead', 'unread'] as const

export type ManifestDamage = (typeof MANIFEST_DAMAGES)[number]
export type BlobDamage = (typeof BLOB_DAMAGES)[number]
export type TagDamage = (typeof TAG_DAMAGES)[number]

/** A repository that was whole once, and what happened to each object of it since: at most one thing each. */
export interface RandomGraph {
  readonly registry: MemoryRegistry
  readonly manifests: readonly ManifestNode[]
  readonly tags: ReadonlyMap<string, { readonly node: ManifestNode; readonly damage: TagDamage | undefined }>
  readonly manifestDamages: ReadonlyMap<string, ManifestDamage>
  readonly blobDamages: ReadonlyMap<string, BlobDamage>
}

export interface Plan {
  readonly leaves: readonly {
    readonly kind: 'image' | 'artifact' | 'attestation'
    readonly config: number
    readonly layers: readonly number[]
  }[]
  readonly indexes: readonly (readonly number[])[]
  readonly tags: readonly { readonly node: number; readonly damage: TagDamage | undefined }[]
  readonly manifestDamages: readonly (readonly [number, ManifestDamage])[]
  readonly blobDamages: readonly (readonly [number, BlobDamage])[]
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
    fc.record({ node: place, damage: fc.option(fc.constantFrom(...TAG_DAMAGES), { nil: undefined, freq: 5 }) }),
    {
      maxLength: 4,
    },
  ),
  manifestDamages: fc.array(fc.tuple(place, fc.constantFrom(...MANIFEST_DAMAGES)), { maxLength: 3 }),
  blobDamages: fc.array(fc.tuple(place, fc.constantFrom(...BLOB_DAMAGES)), { maxLength: 3 }),
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
  const tags = new Map(plan.tags.map(({ node, damage }, n) => [`tag-${n}`, { node: pick(manifests, node), damage }]))
  const graph = {
    registry,
    manifests,
    tags,
    manifestDamages: new Map(plan.manifestDamages.map(([n, damage]) => [pick(manifests, n).descriptor.digest, damage])),
    blobDamages: new Map(
      plan.blobDamages.map(([n, damage]) => [pick(blobsOf(manifests), n).descriptor.digest, damage]),
    ),
  }
  inflict(graph)
  return graph
}

export function blobsOf(manifests: readonly ManifestNode[]): BlobNode[] {
  const images = manifests.filter((node): node is ImageNode => node.kind === 'image')
  const blobs = images.flatMap(({ config, layers }) => [config, ...layers])
  return [...new Map(blobs.map((blob) => [blob.descriptor.digest, blob])).values()]
}

function inflict({ registry, manifests, tags, manifestDamages, blobDamages }: RandomGraph): void {
  const links = registry.repository(REPOSITORY)
  for (const [tag, { node, damage }] of tags) {
    links.tags.set(tag, node.descriptor.digest)
    if (damage === 'no link') links.tags.set(tag, null)
    if (damage === 'bad link') links.tags.set(tag, '')
    if (damage === 'dead') links.tags.set(tag, DEAD)
    if (damage === 'unread') registry.unreadable.set(registry.at.tagLink(REPOSITORY, tag), 'STORE_TIMEOUT')
  }
  for (const { descriptor, bytes } of manifests)
    applyDamage(registry, links.revisions, {
      digest: descriptor.digest,
      bytes,
      damage: manifestDamages.get(descriptor.digest),
    })
  for (const { descriptor, bytes } of blobsOf(manifests))
    applyDamage(registry, links.layers, {
      digest: descriptor.digest,
      bytes,
      damage: blobDamages.get(descriptor.digest),
    })
}

/** A manifest that never was. */
export const DEAD = `sha256:${'dead'.repeat(16)}`

function applyDamage(
  registry: MemoryRegistry,
  links: Map<string, string | null>,
  object: {
    readonly digest: string
    readonly bytes: Buffer
    readonly damage: ManifestDamage | BlobDamage | undefined
  },
): void {
  const { digest, bytes, damage } = object
  if (damage === 'unlinked') links.delete(digest)
  if (damage === 'bad link') links.set(digest, 'sha256:')
  if (damage === 'bytes gone') registry.blobs.delete(digest)
  if (damage === 'emptied') registry.blobs.set(digest, Buffer.alloc(0))
  if (damage === 'rewritten') registry.blobs.set(digest, Buffer.concat([bytes, Buffer.from(' ')]))
  if (damage === 'cut short') registry.blobs.set(digest, bytes.subarray(1))
  if (damage === 'unread') registry.unreadable.set(registry.at.data(digest), 'STORE_TIMEOUT')
  if (damage === 'altered') registry.blobs.set(digest, Buffer.from(bytes.map((byte, n) => (n === 0 ? byte ^ 1 : byte))))
}

function pick<T>(from: readonly T[], n: number): T {
  const picked = from[n % from.length]
  if (picked === undefined) throw new RangeError('nothing to pick from')
  return picked
}
