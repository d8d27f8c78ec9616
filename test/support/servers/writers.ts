import { type ImageNode, image, index, layer, type ManifestNode } from '../builders/images.ts'
import { deleteManifest, type Place, push } from '../builders/push.ts'
import { seeded } from '../seeded.ts'

/** Whoever uses a registry while it is scanned. */
export interface Writers {
  /** How many pushes there were so far. */
  readonly pushes: () => number
  /** Ends after what is under way. @throws {Error} where a writer failed */
  stop(): Promise<void>
  /** Delete, through the API, every manifest that no tag names any more. */
  deleteStale(): Promise<void>
}

/**
 * Push, move tags and delete without a pause, in repositories of their own and in one that all share.
 *
 * Every push is a lawful one, and only what no tag names is deleted: nothing of it is ever damage.
 */
export function startWriters(url: string, count: number): Writers {
  const stale: { readonly place: Place; readonly node: ManifestNode }[] = []
  let going = true
  let pushes = 0
  const shared = layer('shared by all', 300)
  const write = async (writer: number): Promise<void> => {
    const random = seeded(`writer ${writer}`)
    const tagged = new Map<string, ManifestNode>()
    for (let n = 0; going; n++) {
      const repository = random.pick([`own/${writer}`, `own/${writer}/nested-${random.int(4)}`, 'shared']) ?? 'shared'
      const place = { url, repository }
      const tag = `${repository === 'shared' ? `writer-${writer}` : 'latest'}${random.pick(['', '-a', '-b']) ?? ''}`
      const node = random.chance(0.4) ? multi(`${writer} ${n}`, shared) : single(`${writer} ${n}`, shared)
      if (await isRefused(push(place, node, tag))) continue
      pushes++
      const before = tagged.get(`${repository}:${tag}`)
      tagged.set(`${repository}:${tag}`, node)
      if (before) stale.push({ place, node: before })
      const oldest = random.chance(0.5) ? stale.shift() : undefined
      if (oldest) await isRefused(deleteManifest(oldest.place, oldest.node.descriptor.digest))
    }
  }
  const writing = Promise.all(Array.from({ length: count }, (_, writer) => write(writer)))
  writing.catch(() => undefined) // thrown by stop
  return {
    pushes: () => pushes,
    stop: async () => {
      going = false
      await writing
    },
    deleteStale: async () => {
      for (const { place, node } of stale.splice(0)) await deleteManifest(place, node.descriptor.digest)
    },
  }
}

/**
 * 2.8 writes links in place, so a request can meet one that another push has just cut: it is refused, as it would be
 * without a scan.
 */
async function isRefused(request: Promise<void>): Promise<boolean> {
  try {
    await request
    return false
  } catch (error) {
    if (error instanceof Error && error.name === 'Refused') return true
    throw error
  }
}

function single(seed: string, shared: ImageNode['layers'][number]): ManifestNode {
  return image(seed, { layers: [shared, layer(seed, 400)] })
}

function multi(seed: string, shared: ImageNode['layers'][number]): ManifestNode {
  return index(
    ['linux/amd64', 'linux/arm64'].map((platform) =>
      image(`${seed} ${platform}`, { platform, layers: [shared, layer(`${seed} ${platform}`, 400)] }),
    ),
  )
}
