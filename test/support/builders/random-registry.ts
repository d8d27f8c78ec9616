import type { Random } from '../seeded.ts'
import {
  artifact,
  attestationFor,
  type BlobNode,
  blob,
  describedBy,
  digestOf,
  type Flavour,
  type ImageNode,
  image,
  imageConfig,
  index,
  layer,
  type ManifestNode,
  MEDIA_TYPE,
} from './images.ts'

/** One push. Without a tag it goes by digest, as a revision that no tag reaches. */
export interface Push {
  readonly repository: string
  readonly tag?: string
  readonly node: ManifestNode
}

export interface TaggedPush extends Push {
  readonly tag: string
}

const REPOSITORIES = ['app', 'app/worker', 'app/worker/1', 'infra-ci', 'web/frontend']
const TAGS = ['latest', '1', '1.2', 'v1.2.3-rc.1', 'stable']
const PLATFORMS = ['linux/amd64', 'linux/arm64/v8', 'linux/arm/v7', 'windows/amd64']

/**
 * The pushes of a small registry of lawful shapes: layers shared within and across repositories, indexes in indexes,
 * indexes that share children, attestations, artifacts, referrers, sha512 and empty and foreign layers, tags that move
 * and tags that name the same, images promoted to another repository, revisions without tags.
 *
 * To be pushed in order to a registry that allows `urls`. A later push may move a tag of an earlier one.
 */
export function randomPushes(random: Random): Push[] {
  const base = random.int(2 ** 30)
  const shared = [layer(`${base} shared`, 300), layer(`${base} shared too`, 300), layer(`${base} shared small`, 1)]
  const pushes: Push[] = []
  const repositories = random.shuffle(REPOSITORIES).slice(0, 1 + random.int(3))
  for (const repository of repositories)
    for (const tag of random.shuffle(TAGS).slice(0, 1 + random.int(4))) {
      const earlier = pushes.map(({ node }) => node)
      pushes.push(...pushesOf(random, { repository, tag, seed: `${repository} ${tag} ${base}`, shared, earlier }))
    }
  return pushes
}

/** What each tag names after all pushes. */
export function taggedBy(pushes: readonly Push[]): TaggedPush[] {
  const last = new Map<string, TaggedPush>()
  for (const { repository, tag, node } of pushes)
    if (tag !== undefined) last.set(`${repository}:${tag}`, { repository, tag, node })
  return [...last.values()]
}

interface Wanted {
  readonly shared: readonly BlobNode[]
  readonly seed: string
}

/** A tag's push, and at times its past, its copy, its referrer, and a revision beside it. */
function pushesOf(
  random: Random,
  about: Wanted & { readonly repository: string; readonly tag: string; readonly earlier: readonly ManifestNode[] },
): Push[] {
  const { repository, tag, seed } = about
  const again = random.chance(0.15) ? random.pick(about.earlier) : undefined
  const node = again ?? randomNode(random, about)
  const pushes: Push[] = []
  if (random.chance(0.15)) pushes.push({ repository, tag, node: randomNode(random, { ...about, seed: `old ${seed}` }) })
  pushes.push({ repository, tag, node })
  if (random.chance(0.15)) pushes.push({ repository, tag: `copy-of-${tag}`, node })
  if (random.chance(0.15)) pushes.push({ repository, node: randomNode(random, { ...about, seed: `untagged ${seed}` }) })
  if (random.chance(0.15) && node.kind === 'index')
    pushes.push({ repository, tag: `some-of-${tag}`, node: someOf(node) })
  if (random.chance(0.1)) pushes.push(referrerOf(repository, node))
  return pushes
}

function randomNode(random: Random, { shared, seed }: Wanted): ManifestNode {
  const flavour: Flavour = random.chance(0.3) ? 'docker' : 'oci'
  const kind = random.int(10)
  if (kind < 3) return randomImage(random, { shared, seed, flavour, platform: 'linux/amd64' })
  if (kind < 4) return artifact(seed, 'application/vnd.example.sbom')
  if (kind < 5 && random.chance(0.3)) return index([], { flavour })
  if (kind < 6) return randomArtifactIndex(random, seed)
  return randomIndex(random, { shared, seed, flavour })
}

function randomIndex(random: Random, { shared, seed, flavour }: Wanted & { readonly flavour: Flavour }): ManifestNode {
  const platforms = random.shuffle(PLATFORMS).slice(0, 1 + random.int(3))
  const children: ManifestNode[] = platforms.map((platform) =>
    randomImage(random, { shared, seed: `${seed} ${platform}`, flavour, platform }),
  )
  for (const child of [...children])
    if (child.kind === 'image' && random.chance(0.3)) children.push(attestationFor(child))
  if (random.chance(0.3)) children.push(nested(random, children, randomImage(random, { shared, seed, flavour })))
  if (random.chance(0.1)) children.push(artifact(seed, 'application/vnd.example.chart'))
  const fields = flavour === 'oci' && random.chance(0.2) ? { mediaType: undefined } : {}
  return index(random.shuffle(children), { flavour, fields })
}

/** An index inside an index, at times inside one more, at times over a child that the outer one names too. */
function nested(random: Random, siblings: readonly ManifestNode[], own: ImageNode): ManifestNode {
  const sibling = random.chance(0.3) ? random.pick(siblings) : undefined
  const inner = index(sibling ? [own, sibling] : [own])
  return random.chance(0.3) ? index([inner]) : inner
}

/** Nothing in it can be run: any leaf of it is as good as any other. */
function randomArtifactIndex(random: Random, seed: string): ManifestNode {
  const children = [artifact(`${seed} one`, 'application/vnd.example.chart'), artifact(`${seed} two`, 'text/plain')]
  return index(children.slice(random.int(2)), { fields: { annotations: { 'org.example.seed': seed } } })
}

function randomImage(
  random: Random,
  {
    shared,
    seed,
    flavour,
    platform = 'linux/amd64',
  }: Wanted & { readonly flavour: Flavour; readonly platform?: string },
): ImageNode {
  const type = MEDIA_TYPE[flavour].layer
  const own = layer(`${seed} own`, 1 + random.int(400), type)
  const layers = shared.filter(() => random.chance(0.4)).map((each) => describedBy(each, { mediaType: type }))
  layers.push(own)
  if (random.chance(0.1)) layers.push(blob(Buffer.alloc(0), type))
  if (random.chance(0.15)) layers.push(inSha512(layer(`${seed} sha512`, 200, type)))
  if (random.chance(0.05)) layers.push(inSha512(own))
  if (random.chance(0.1)) layers.push(foreignLayer(seed))
  if (random.chance(0.1)) layers.push(own)
  const mediaType = MEDIA_TYPE[flavour].config
  const config = random.chance(0.1) ? imageConfig('shared', { platform, layers: [], mediaType }) : undefined
  const fields = random.chance(0.1) ? { annotations: { 'org.example.seed': seed }, 'x-custom': [seed, null] } : {}
  return image(seed, { flavour, platform, layers, fields, ...(config ? { config } : {}) })
}

function inSha512(node: BlobNode): BlobNode {
  return describedBy(node, { digest: digestOf(node.bytes, 'sha512') })
}

function foreignLayer(seed: string): BlobNode {
  const { descriptor, ...rest } = layer(`${seed} foreign`, 100, MEDIA_TYPE.foreign)
  return { ...rest, descriptor: { ...descriptor, urls: ['http://127.0.0.1:9/layer'] }, absent: true }
}

/** Another index over some of the same children. */
function someOf(node: Extract<ManifestNode, { kind: 'index' }>): ManifestNode {
  return index(node.children.slice(0, 1), { fields: { annotations: { 'org.example.some': 'yes' } } })
}

/** A referrer, under the fallback tag of its subject. */
function referrerOf(repository: string, { descriptor }: ManifestNode): Push {
  const { mediaType, digest, size } = descriptor
  const fields = { subject: { mediaType, digest, size } }
  const referrer = artifact(`referrer of ${digest}`, 'application/vnd.example.signature', { fields })
  return { repository, tag: digest.replace(':', '-'), node: index([referrer]) }
}
