import type { Random } from '../seeded.ts'
import { type BlobNode, digestOf, type ManifestNode, ownMediaType } from './images.ts'
import { mount, pushBlob, pushManifest } from './push.ts'
import type { Push } from './random-registry.ts'

/**
 * Push everything in order, as a client that knows what a repository already holds: such blobs are not sent again, and
 * about half of those that another repository holds are mounted from there.
 */
export async function pushAll(url: string, pushes: readonly Push[], random: Random): Promise<void> {
  const client = { url, random, held: new Map<string, Set<string>>() }
  for (const { repository, tag, node } of pushes) {
    await pushUnder(client, repository, node)
    if (tag !== undefined) await putManifest(client, repository, node, tag)
  }
}

interface Client {
  readonly url: string
  readonly random: Random
  /** By repository, the digests of what it holds. */
  readonly held: Map<string, Set<string>>
}

/** A node by its digest, after all that it needs. */
async function pushUnder(client: Client, repository: string, node: ManifestNode): Promise<void> {
  const digest = digestOf(node.bytes)
  if (isHeld(client, repository, digest)) return
  if (node.kind === 'index') for (const child of node.children) await pushUnder(client, repository, child)
  else await sendBlobs(client, repository, [node.config, ...node.layers])
  await putManifest(client, repository, node, digest)
  hold(client, repository, digest)
}

/** All at once, as clients do, each digest once. What is drawn for each does not depend on which is done first. */
async function sendBlobs(client: Client, repository: string, nodes: readonly BlobNode[]): Promise<void> {
  const wanted = nodes.filter(({ absent, descriptor }) => !absent && !isHeld(client, repository, descriptor.digest))
  const each = new Map(wanted.map((node) => [node.descriptor.digest, node]))
  await Promise.all([...each.values()].map((node) => sendBlob(client, repository, node)))
  for (const digest of each.keys()) hold(client, repository, digest)
}

async function sendBlob({ url, random, held }: Client, repository: string, node: BlobNode): Promise<void> {
  const { digest } = node.descriptor
  const from = [...held].find(([, digests]) => digests.has(digest))?.[0]
  // 2.8 answers 201 to the mount of a sha512 digest, links it to a blob that does not exist, and refuses the manifest.
  const mounted = from !== undefined && digest.startsWith('sha256:') && random.chance(0.5)
  if (mounted) await mount({ url, repository }, digest, from)
  else await pushBlob({ url, repository }, node.bytes, digest)
}

async function putManifest({ url }: Client, repository: string, node: ManifestNode, reference: string): Promise<void> {
  await pushManifest({ url, repository }, { bytes: node.bytes, mediaType: ownMediaType(node) }, reference)
}

function isHeld({ held }: Client, repository: string, digest: string): boolean {
  return held.get(repository)?.has(digest) ?? false
}

function hold({ held }: Client, repository: string, digest: string): void {
  held.set(repository, (held.get(repository) ?? new Set()).add(digest))
}
