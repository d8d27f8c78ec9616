import { createHash } from 'node:crypto'
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Stored } from './image.ts'

/** What has been written so far; `links` and `blobs` are files, and there are no others. */
export interface Written {
  blobs: number
  links: number
}

/** Writes what a push leaves behind in a registry's storage. Every call creates; nothing that exists is looked for. */
export interface Layout {
  readonly written: Written
  /** Store bytes that are not stored yet. */
  blob(bytes: Uint8Array): Stored
  /** Store a finished file by moving it in, for blobs too large to hold. `file` must be on the same filesystem. */
  adopt(file: string, hex: string): void
  repository(name: string): Repository
}

/** One repository's links. Each may be made once. */
export interface Repository {
  layer(digest: string): void
  revision(digest: string): void
  tag(tag: string, digest: string): void
}

/**
 * The storage layout of the distribution registry under `root`, written with synchronous calls because they are the
 * fastest way to make a million small files.
 *
 * @param root becomes the registry's `rootdirectory`; must not hold a registry yet
 */
export function layoutAt(root: string): Layout {
  const base = join(root, 'docker/registry/v2')
  const blobs = join(base, 'blobs/sha256')
  const written: Written = { blobs: 0, links: 0 }
  mkdirSync(blobs, { recursive: true })
  for (let prefix = 0; prefix < 256; prefix++) mkdirSync(join(blobs, prefix.toString(16).padStart(2, '0')))

  function place(hex: string): string {
    const directory = `${blobs}/${hex.slice(0, 2)}/${hex}`
    mkdirSync(directory)
    written.blobs++
    return `${directory}/data`
  }

  return {
    written,
    blob(bytes) {
      const hex = createHash('sha256').update(bytes).digest('hex')
      writeFileSync(place(hex), bytes)
      return { digest: `sha256:${hex}`, size: bytes.byteLength }
    },
    adopt: (file, hex) => renameSync(file, place(hex)),
    repository: (name) => repositoryAt(join(base, 'repositories', name), written),
  }
}

function repositoryAt(path: string, written: Written): Repository {
  const layers = join(path, '_layers/sha256')
  const revisions = join(path, '_manifests/revisions/sha256')
  const tags = join(path, '_manifests/tags')
  for (const directory of [layers, revisions, tags, join(path, '_uploads')]) mkdirSync(directory, { recursive: true })

  function link(directory: string, digest: string): void {
    mkdirSync(directory)
    writeFileSync(`${directory}/link`, digest)
    written.links++
  }

  return {
    layer: (digest) => link(`${layers}/${hexOf(digest)}`, digest),
    revision: (digest) => link(`${revisions}/${hexOf(digest)}`, digest),
    tag(tag, digest) {
      mkdirSync(`${tags}/${tag}`)
      link(`${tags}/${tag}/current`, digest)
      mkdirSync(`${tags}/${tag}/index`)
      mkdirSync(`${tags}/${tag}/index/sha256`)
      link(`${tags}/${tag}/index/sha256/${hexOf(digest)}`, digest)
    },
  }
}

function hexOf(digest: string): string {
  return digest.slice('sha256:'.length)
}
