import type { Unreadable } from '../../../check/ports.ts'
import type { StrayData } from '../../../gc/inventory.ts'
import { type Digest, hashAlgorithmOf, isDigest } from '../../../oci/digest.ts'
import type { StorageDriver } from '../driver.ts'
import { blobPlace, blobsPath } from '../layout.ts'
import { digestOfPath } from './engine-digest.ts'
import { inOrder, Reading } from './reading.ts'

/** What was found below some directories of `blobs`. Digests and sizes have the same order. */
export interface BlobPart {
  readonly digests: readonly Digest[]
  readonly sizes: Float64Array
  readonly strays: readonly StrayData[]
  readonly obstacles: readonly string[]
  readonly unreadable: readonly Unreadable[]
}

/** Finds all files called `data` below directories such as `sha256/ab`. @param places relative to `blobs`; empty: the files in it */
export function readBlobPart(places: readonly string[], v2: string, driver: StorageDriver): BlobPart {
  const walk = new BlobWalk(new Reading(driver, v2), blobsPath(v2))
  for (const place of places) walk.prefix(place)
  return walk.part()
}

class BlobWalk {
  readonly #reading: Reading
  readonly #blobs: string
  readonly #digests: Digest[] = []
  readonly #sizes: number[] = []
  readonly #strays: StrayData[] = []
  readonly #obstacles: string[] = []

  constructor(reading: Reading, blobs: string) {
    this.#reading = reading
    this.#blobs = blobs
  }

  part(): BlobPart {
    return {
      digests: this.#digests,
      sizes: Float64Array.from(this.#sizes),
      strays: this.#strays,
      obstacles: this.#obstacles,
      unreadable: this.#reading.unreadable,
    }
  }

  prefix(place: string): void {
    const entries = this.#reading.list(`${this.#blobs}/${place}`)
    if (entries === undefined) return
    const [algorithm = '', prefix = ''] = place.split('/')
    for (const { name, isFile } of inOrder(entries)) {
      const child = `${place}/${name}`
      const digest = name.startsWith(prefix) && prefix.length === 2 ? digestAt(algorithm, name) : undefined
      if (isFile && name === 'data') this.#stray(place)
      else if (isFile && digest !== undefined) this.#obstacles.push(child)
      else if (!isFile && digest !== undefined) this.#blob(child, digest)
      else if (!isFile) this.below(child)
    }
  }

  /** The directory of a blob. */
  #blob(place: string, digest: Digest): void {
    if (this.#reading.driver.isLeaf?.(`${this.#blobs}/${place}`) === true) {
      this.#measure(place, digest)
      return
    }
    const entries = this.#reading.list(`${this.#blobs}/${place}`)
    if (entries === undefined) return
    if (entries.files.includes('data')) this.#measure(place, digest)
    for (const { name, isFile } of inOrder(entries)) if (!isFile) this.below(`${place}/${name}`)
  }

  #measure(place: string, digest: Digest): void {
    const stat = this.#reading.trying(() => this.#reading.driver.stat(`${this.#blobs}/${place}/data`))
    if (stat?.is !== 'file') return
    this.#digests.push(digest)
    this.#sizes.push(stat.size)
  }

  /** A directory in which there should be no blob. */
  below(place: string): void {
    const entries = this.#reading.list(`${this.#blobs}/${place}`)
    if (entries === undefined) return
    for (const { name, isFile } of inOrder(entries))
      if (!isFile) this.below(`${place}/${name}`)
      else if (name === 'data') this.#stray(place)
  }

  #stray(place: string): void {
    const path = `${this.#blobs}/${place}/data`
    const read = digestOfPath(place)
    const bytes = this.#reading.trying(() => this.#reading.driver.stat(path))?.size ?? 0
    const takenFor =
      typeof read === 'string'
        ? ({ is: 'blob', digest: read, hasPlace: this.#exists(`${this.#blobs}/${blobPlace(read)}`) } as const)
        : read
    this.#strays.push({ path, bytes, takenFor })
  }

  #exists(path: string): boolean {
    return this.#reading.trying(() => this.#reading.driver.stat(path)) !== undefined
  }
}

function digestAt(algorithm: string, encoded: string): Digest | undefined {
  const digest = `${algorithm}:${encoded}`
  return isDigest(digest) && hashAlgorithmOf(digest) !== undefined ? digest : undefined
}
