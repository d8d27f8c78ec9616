import { lstatSync, readFileSync } from 'node:fs'
import { manifestsUnder } from '../builders/images.ts'
import type { History } from '../builders/random-history.ts'
import { type StoragePaths, storagePaths } from '../builders/storage-paths.ts'
import type { Trouble, WalkedTag } from './plain-walker.ts'

/** What a client of a fresh server cannot have, though one with a warm descriptor cache hands it out whole. */
export interface Masked {
  readonly repository: string
  readonly tag: string
  readonly what: string
  /** What the warm server does not look at any more; `undefined` where nothing explains it. */
  readonly by: 'a remembered link' | 'a remembered size' | undefined
}

/**
 * Everything that no question over the API could bring to light before the server is started anew: to GET too, a warm
 * server of 2.8 gives a blob by its link of before, and of a file that has grown the part that was there before.
 */
export function maskedBy(history: History, warm: readonly WalkedTag[], fresh: readonly WalkedTag[]): Masked[] {
  const whole = new Set(warm.filter(({ is }) => is === 'whole').map(nameOf))
  return fresh
    .filter((each) => whole.has(nameOf(each)))
    .flatMap(({ repository, tag, troubles }) =>
      troubles.map(({ what }) => ({ repository, tag, what, by: maskOf(history, repository, what) })),
    )
}

/**
 * Whether a scan over the API can see what a client met. With one byte of each blob, it sees its size and that it is
 * there, and nothing of bytes that are other ones in the right number.
 */
export function isSeenOverApi(history: History, { what, why }: Trouble, depth: string): boolean {
  const size = sizesIn(history).get(what)
  return depth === 'content' || size === undefined || why !== `${size} bytes of another digest`
}

function maskOf(history: History, repository: string, what: string): Masked['by'] {
  const size = sizesIn(history).get(what)
  const stored = history.stored.get(what)
  if (size === undefined || stored === undefined) return undefined
  const at = storagePaths(history.root)
  // A sha512 name is served by way of the sha256 link beside its own.
  if ([what, stored].some((name) => linkIn(at, repository, name) !== stored)) return 'a remembered link'
  const grown = (lstatSync(at.data(stored), { throwIfNoEntry: false })?.size ?? 0) > size
  return grown ? 'a remembered size' : undefined
}

function linkIn(at: StoragePaths, repository: string, digest: string): string | undefined {
  const path = at.layerLink(repository, digest)
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path, 'latin1') : undefined
}

/** Of every config and layer that was pushed, the size. */
function sizesIn({ pushes }: History): ReadonlyMap<string, number> {
  const images = pushes.flatMap(({ node }) => manifestsUnder(node)).filter((each) => each.kind === 'image')
  const blobs = images.flatMap(({ config, layers }) => [config, ...layers])
  return new Map(blobs.map(({ descriptor, bytes }) => [descriptor.digest, bytes.byteLength]))
}

function nameOf({ repository, tag }: { readonly repository: string; readonly tag: string }): string {
  return `${repository}:${tag}`
}
