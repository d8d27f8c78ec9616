import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { write } from '../builders/faults/damage-files.ts'
import { type ManifestNode, manifestsUnder } from '../builders/images.ts'
import { deleteManifest } from '../builders/push.ts'
import { pushAll } from '../builders/push-all.ts'
import { type Push, randomPushes } from '../builders/random-registry.ts'
import { storagePaths } from '../builders/storage-paths.ts'
import type { Random } from '../seeded.ts'
import { withRegistry } from '../servers/registry.ts'

/** A manifest that goes, and nothing that stays needs. */
interface Retired {
  readonly repository: string
  readonly node: ManifestNode
}

/**
 * Push a random registry, and delete some of its images as clean-ups do: over the API, or by removing files, one half or the
 * other. What stays is whole but for links of layers.
 *
 * @returns what was done, for people
 */
export async function halfDeleted(root: string, random: Random): Promise<readonly string[]> {
  const pushes = randomPushes(random)
  const retired = retiredOf(pushes, random)
  const overApi = retired.filter(() => random.chance(0.5))
  await withRegistry({ root, urls: true }, async ({ url }) => {
    await pushAll(url, pushes, random)
    for (const { repository, node } of overApi) await deleteManifest({ url, repository }, node.descriptor.digest)
  })
  const byHand = retired.filter((each) => !overApi.includes(each))
  const done = byHand.map((each) => removeByHand(root, each, random))
  const unlinked = pushes.flatMap((push) => (random.chance(0.1) ? removeLayerLink(root, push, random) : []))
  return [...overApi.map(({ repository, node }) => `api ${repository}@${node.descriptor.digest}`), ...done, ...unlinked]
}

/** What no tag of others names, and no index that stays: a manifest goes only after everything that names it. */
function retiredOf(pushes: readonly Push[], random: Random): readonly Retired[] {
  const going = new Set(pushes.filter(() => random.chance(0.5)))
  const gone = new Map<string, Retired>()
  const key = (repository: string, { descriptor }: ManifestNode): string => `${repository} ${descriptor.digest}`
  const isNeeded = (repository: string, node: ManifestNode): boolean =>
    pushes
      .filter((push) => push.repository === repository)
      .some((push) => {
        if (push.node.descriptor.digest === node.descriptor.digest && !going.has(push)) return true
        const above = manifestsUnder(push.node).filter(
          (each) => each.kind === 'index' && each.children.some(isSame(node)),
        )
        return above.some((each) => !gone.has(key(repository, each)))
      })
  for (const { repository, node } of going)
    for (const each of manifestsUnder(node)) {
      const isTop = each === node
      if (!isNeeded(repository, each) && (isTop || random.chance(0.7)))
        gone.set(key(repository, each), { repository, node: each })
    }
  return [...gone.values()]
}

function isSame(node: ManifestNode): (other: ManifestNode) => boolean {
  return ({ descriptor }) => descriptor.digest === node.descriptor.digest
}

function removeByHand(root: string, { repository, node }: Retired, random: Random): string {
  const at = storagePaths(root)
  const { digest } = node.descriptor
  const link = at.revisionLink(repository, digest)
  removeTagsOf(root, repository, digest)
  if (random.chance(0.4)) rmSync(dirname(link), { recursive: true, force: true })
  else rmSync(link, { force: true })
  if (existsSync(dirname(link)) && random.chance(0.4)) write(`${dirname(link)}/signatures/sha256/note`, '')
  return `by hand ${repository}@${digest}`
}

function removeTagsOf(root: string, repository: string, digest: string): void {
  const at = storagePaths(root)
  const tags = `${at.repository(repository)}/_manifests/tags`
  for (const tag of existsSync(tags) ? readdirSync(tags) : [])
    if (readFileSync(at.tagLink(repository, tag), 'utf8') === digest)
      rmSync(at.tag(repository, tag), { recursive: true })
}

function removeLayerLink(root: string, { repository, node }: Push, random: Random): readonly string[] {
  if (node.kind !== 'image') return []
  const layer = random.pick(node.layers)
  const link = storagePaths(root).layerLink(repository, layer?.descriptor.digest ?? '')
  if (layer === undefined || !existsSync(link)) return []
  rmSync(random.chance(0.5) ? link : dirname(link), { recursive: true })
  return [`layer link ${repository} ${layer.descriptor.digest}`]
}
