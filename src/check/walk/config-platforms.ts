import type { Digest } from '../../oci/digest.ts'
import type { TagName } from '../../oci/names.ts'
import { platformInConfig } from '../../oci/platform.ts'
import type { RepositoryStore } from '../ports.ts'
import type { ManifestLook, TagLook } from './graph.ts'

/** The platforms of tagged images and of children without a platform, from their configs. */
export async function configPlatforms(
  store: RepositoryStore,
  tags: ReadonlyMap<TagName, TagLook>,
  manifests: ReadonlyMap<Digest, ManifestLook>,
): Promise<Map<Digest, string>> {
  const platforms = new Map<Digest, string>()
  for (const digest of undescribed(tags, manifests)) {
    const look = manifests.get(digest)
    if (look?.is !== 'read' || look.manifest.is !== 'image' || !look.manifest.runnable) continue
    const bytes = await store.readConfig?.(look.manifest.config.digest)
    const platform = bytes === undefined ? undefined : platformInConfig(bytes)
    if (platform !== undefined) platforms.set(digest, platform)
  }
  return platforms
}

function undescribed(
  tags: ReadonlyMap<TagName, TagLook>,
  manifests: ReadonlyMap<Digest, ManifestLook>,
): ReadonlySet<Digest> {
  const roots = [...tags.values()].flatMap((tag) => (tag.is === 'resolved' ? [tag.digest] : []))
  const children = [...manifests.values()]
    .flatMap((look) => (look.is === 'read' && look.manifest.is === 'index' ? look.manifest.children : []))
    .flatMap((child) => (child.platform === undefined ? [child.digest] : []))
  return new Set([...roots, ...children])
}
