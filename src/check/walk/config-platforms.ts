import type { Digest } from '../../oci/digest.ts'
import type { TagName } from '../../oci/names.ts'
import { platformInConfig } from '../../oci/platform.ts'
import type { RepositoryStore } from '../ports.ts'
import type { ManifestFact, TagFact } from './graph.ts'

/** The platforms of tagged images and of children without a platform, from their configs. */
export async function configPlatforms(
  store: RepositoryStore,
  tags: ReadonlyMap<TagName, TagFact>,
  manifests: ReadonlyMap<Digest, ManifestFact>,
): Promise<Map<Digest, string>> {
  const platforms = new Map<Digest, string>()
  for (const digest of undescribed(tags, manifests)) {
    const fact = manifests.get(digest)
    if (fact?.is !== 'read' || fact.manifest.is !== 'image' || !fact.manifest.runnable) continue
    const bytes = await store.readConfig?.(fact.manifest.config.digest)
    const platform = bytes === undefined ? undefined : platformInConfig(bytes)
    if (platform !== undefined) platforms.set(digest, platform)
  }
  return platforms
}

function undescribed(
  tags: ReadonlyMap<TagName, TagFact>,
  manifests: ReadonlyMap<Digest, ManifestFact>,
): ReadonlySet<Digest> {
  const roots = [...tags.values()].flatMap((tag) => (tag.is === 'resolved' ? [tag.digest] : []))
  const children = [...manifests.values()]
    .flatMap((fact) => (fact.is === 'read' && fact.manifest.is === 'index' ? fact.manifest.children : []))
    .flatMap((child) => (child.platform === undefined ? [child.digest] : []))
  return new Set([...roots, ...children])
}
