import { mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { MemoryRegistry } from '../simulated/memory-registry.ts'
import type { StoredLink } from '../simulated/stored-link.ts'
import { write } from './faults/damage-files.ts'
import { type StoragePaths, storagePaths } from './storage-paths.ts'

/** Write what a registry in memory holds as files below `root`. What is unreadable there becomes a symbolic link to itself. */
export function writeStorage(storage: MemoryRegistry, root: string): StoragePaths {
  const at = storagePaths(root)
  mkdirSync(at.blobs, { recursive: true })
  for (const [digest, bytes] of storage.blobs) {
    if (bytes === 'a directory') mkdirSync(at.data(digest), { recursive: true })
    else write(at.data(digest), bytes)
  }
  for (const [name, { tags, revisions, layers }] of storage.repositories) {
    mkdirSync(at.repository(name), { recursive: true })
    for (const [tag, link] of tags) writeLink(at.tagLink(name, tag), link)
    for (const [digest, link] of revisions) writeLink(at.revisionLink(name, digest), link)
    for (const [digest, link] of layers) writeLink(at.layerLink(name, digest), link)
  }
  for (const place of storage.unreadable.keys()) {
    const path = `${at.base}${place.slice(storage.at.base.length)}`
    rmSync(path, { recursive: true, force: true })
    mkdirSync(dirname(path), { recursive: true })
    symlinkSync(basename(path), path)
  }
  return at
}

function writeLink(path: string, link: StoredLink): void {
  if (link === null) mkdirSync(dirname(path), { recursive: true })
  else write(path, link)
}
