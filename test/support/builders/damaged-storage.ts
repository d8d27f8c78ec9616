import { MemoryRegistry } from '../simulated/memory-registry.ts'
import { image, index, layer } from './images.ts'
import { writeStorage } from './write-storage.ts'

/** The codes of what is wrong with {@link damagedStorage}, sorted. */
export const DAMAGE: readonly string[] = ['blob-size-mismatch', 'config-missing', 'index-child-missing', 'tag-dangling']

/**
 * Write storage with {@link DAMAGE}, each in another repository, from the first to the last in order of their names, so
 * that a scan meets it at different moments. One blob is not referenced.
 */
export function damagedStorage(root: string, repositories: number): void {
  const registry = new MemoryRegistry()
  const nameOf = (n: number): string => `team-${Math.floor(n / 8)}/app-${String(n).padStart(3, '0')}`
  for (let n = 0; n < repositories; n++)
    for (const tag of ['v1', 'v2']) registry.push(nameOf(n), image(`${n} ${tag}`), tag)
  const at = (share: number): string => nameOf(Math.floor((repositories - 1) * share))

  const lacking = image('lacks its config')
  registry.push(at(0), lacking, 'latest')
  registry.blobs.delete(lacking.config.descriptor.digest)

  const child = image('a child that is gone', { platform: 'linux/arm64' })
  registry.push(at(0.3), index([image('a child'), child]), 'latest')
  registry.repository(at(0.3)).revisions.delete(child.descriptor.digest)

  const deleted = registry.push(at(0.7), image('deleted'), 'latest')
  registry.repository(at(0.7)).revisions.delete(deleted)
  registry.blobs.delete(deleted)

  const cut = layer('cut in the middle', 4000)
  registry.push(at(1), image('a layer is cut', { layers: [cut] }), 'latest')
  registry.blobs.set(cut.descriptor.digest, cut.bytes.subarray(0, 2000))

  registry.putBlob(at(0.5), Buffer.from('not referenced'))
  writeStorage(registry, root)
}

/** Write storage of which nothing is wrong, and that has no repository in common with {@link damagedStorage}. */
export function otherStorage(root: string): void {
  const registry = new MemoryRegistry()
  registry.push('other/app', image('other'), 'latest')
  writeStorage(registry, root)
}
