import type { Digest } from '../../oci/digest.ts'
import { isDigest } from '../../oci/digest.ts'
import type { Inventory, LinkFile } from '../inventory.ts'
import type { GcBreakage } from '../outcome.ts'
import type { DigestBreakages } from '../pulls/digest-breakages.ts'

/** An image that something deployed names. */
export interface DeployedImage {
  /** As the file writes it. */
  readonly text: string
  readonly repository: string
  /** The digest if there is one, else the tag. */
  readonly wanted: string
  /** What runs of it now, as far as the files say: digests of manifests, and of configs. */
  readonly running: readonly { readonly is: 'manifest' | 'config'; readonly digest: Digest }[]
  /** Such as `compose.yaml:12: service web`. */
  readonly usedBy: readonly string[]
}

/** What a collection breaks in one registry. */
export interface Broken {
  /** By repository. */
  readonly listed: ReadonlyMap<string, readonly GcBreakage[]>
  /** What else is lost to those who pull by digest. */
  readonly digests: DigestBreakages
  /** Of {@link imagesByConfig}. */
  readonly images: ReadonlyMap<string, readonly Digest[]>
}

/** What would break of a deployed image: by its tag, by its digest, or what runs of it. The worst first. */
export function breakagesOf(
  { repository, wanted, running }: DeployedImage,
  { listed, digests, images }: Broken,
): readonly GcBreakage[] {
  const pulled = new Set<Digest>(isDigest(wanted) ? [wanted] : [])
  for (const { is, digest } of running)
    for (const named of is === 'manifest' ? [digest] : (images.get(digest) ?? [])) pulled.add(named)
  const found = (listed.get(repository) ?? []).filter(
    ({ tag, digest }) => (tag !== undefined && tag === wanted) || pulled.has(digest),
  )
  for (const { digest } of found) pulled.delete(digest)
  const below = [...pulled].flatMap((digest) => digests.of(repository, digest) ?? [])
  return [...found, ...below].sort((a, b) => WORST_FIRST.indexOf(a.becomes) - WORST_FIRST.indexOf(b.becomes))
}

const WORST_FIRST: readonly GcBreakage['becomes'][] = ['gone', 'unpullable', 'degraded']

/** Whether the storage has what an image names: the tag, or a revision by its digest. */
export function isStored({ repository, wanted }: DeployedImage, { repositories }: Inventory): boolean {
  const found = repositories.found.find(({ name }) => name === repository)
  if (found === undefined) return false
  if (isDigest(wanted)) return found.revisions.some((link) => digestOf(link) === wanted)
  return found.tags.some(({ name, current }) => name === wanted && current.is !== 'missing')
}

function digestOf(link: LinkFile): Digest | undefined {
  return typeof link === 'string' ? link : link.at
}

/** The manifests of images, by the digest of their config. */
export function imagesByConfig({ manifests }: Pick<Inventory, 'manifests'>): ReadonlyMap<string, readonly Digest[]> {
  const images = new Map<string, Digest[]>()
  for (const [digest, { v2 }] of manifests) {
    const config = v2.is === 'image' ? v2.references[0] : undefined
    if (config === undefined) continue
    const named = images.get(config)
    if (named) named.push(digest)
    else images.set(config, [digest])
  }
  return images
}
