import { dirname } from 'node:path'
import type { MemoryRegistry } from '../simulated/memory-registry.ts'
import { ObjectStorage } from '../simulated/object-storage.ts'
import type { StoredLink } from '../simulated/stored-link.ts'
import { storagePaths } from './storage-paths.ts'

/** What a registry in memory holds, as objects below `root`. A directory without a link in it holds something else. */
export function writeObjects(storage: MemoryRegistry, root: string): ObjectStorage {
  const at = storagePaths(root)
  const written = new ObjectStorage()
  const writeLink = (path: string, link: StoredLink): void => {
    if (link === null) written.objects.set(`${dirname(path)}/other`, Buffer.of())
    else written.objects.set(path, Buffer.from(link))
  }
  for (const [digest, bytes] of storage.blobs) {
    if (bytes === 'a directory') written.objects.set(`${at.data(digest)}/other`, Buffer.of())
    else written.objects.set(at.data(digest), bytes)
  }
  for (const [name, { tags, revisions, layers }] of storage.repositories) {
    for (const [tag, link] of tags) writeLink(at.tagLink(name, tag), link)
    for (const [digest, link] of revisions) writeLink(at.revisionLink(name, digest), link)
    for (const [digest, link] of layers) writeLink(at.layerLink(name, digest), link)
  }
  for (const [place, code] of storage.unreadable)
    written.unreadable.set(`${at.base}${place.slice(storage.at.base.length)}`, code)
  return written
}
