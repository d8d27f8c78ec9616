import type { Suspects } from '../../../check/source.ts'
import type { Digest } from '../../../oci/digest.ts'
import type { WorkerPool } from '../worker-pool.ts'
import { DigestTable, KEY, type SharedDigestTable } from './digest-table.ts'
import { type PackedDigests, unpackDigest } from './packed-digests.ts'

/** A task holds at most this many bytes of blobs, unless a single one is larger. */
const TASK_BYTES = 64 * 1024 * 1024
const TASK_BLOBS = 512

/** Hashes every blob once, however many repositories share it: after the walks, the largest first. */
export class Proof {
  readonly #pool: WorkerPool
  /** The blobs to hash; after settling, those that are proved. */
  readonly #all = new DigestTable()
  #batches: PackedDigests[] = []
  /** The first four bytes of each digest that a repository needs: enough to find the repositories that need a damaged one. */
  readonly #needs = new Map<string, Uint32Array>()
  #proved: DigestTable | undefined

  constructor(pool: WorkerPool) {
    this.#pool = pool
  }

  /** The blobs whose bytes are proved; empty before settling. */
  get proved(): SharedDigestTable {
    return (this.#proved ?? new DigestTable()).shared
  }

  putOff(repository: string, later: PackedDigests): void {
    if (later.sizes.length === 0) return
    this.#needs.set(repository, prefixesOf(later))
    const fresh: number[] = []
    for (let n = 0; n < later.sizes.length; n++) if (this.#all.add(later.keys, n * KEY)) fresh.push(n)
    if (fresh.length > 0) this.#batches.push(pick(later, fresh))
  }

  async settle(onProgress: (done: number, total: number) => void, signal: AbortSignal): Promise<Suspects> {
    const tasks = largestFirst(this.#batches)
    this.#batches = []
    const total = tasks.reduce((sum, { bytes }) => sum + bytes, 0)
    const wrong: Digest[] = []
    let done = 0
    const next = tasks.values()
    const work = async (): Promise<void> => {
      for (const { keys, bytes } of next) {
        if (signal.aborted) return
        for (const digest of await this.#pool.run({ do: 'hash', keys })) wrong.push(digest)
        done += bytes
        onProgress(done, total)
      }
    }
    await Promise.all(Array.from({ length: this.#pool.width }, work))
    this.#proved = wrong.length === 0 ? this.#all : without(this.#all, wrong)
    return this.#whoNeeds(wrong)
  }

  #whoNeeds(wrong: readonly Digest[]): Suspects {
    if (wrong.length === 0) return new Map()
    const prefixes = new Map(wrong.map((digest) => [prefixOf(digest), digest]))
    const suspects = new Map<string, Set<string>>()
    for (const [repository, needs] of this.#needs)
      if (needs.some((prefix) => prefixes.has(prefix))) suspects.set(repository, new Set(wrong))
    return suspects
  }
}

interface HashTask {
  readonly keys: Uint8Array
  readonly bytes: number
}

/** The last task to finish decides the total time, so the long ones start first. */
function largestFirst(batches: readonly PackedDigests[]): HashTask[] {
  const all = batches.flatMap((batch) => Array.from(batch.sizes, (size, n) => ({ batch, n, size })))
  all.sort((a, b) => b.size - a.size)
  const tasks: HashTask[] = []
  for (let start = 0; start < all.length; ) {
    let end = start
    let bytes = 0
    do bytes += all[end++]?.size ?? 0
    while (end < all.length && end - start < TASK_BLOBS && bytes + (all[end]?.size ?? 0) <= TASK_BYTES)
    const keys = new Uint8Array((end - start) * KEY)
    for (const [at, { batch, n }] of all.slice(start, end).entries())
      keys.set(batch.keys.subarray(n * KEY, n * KEY + KEY), at * KEY)
    tasks.push({ keys, bytes })
    start = end
  }
  return tasks
}

function pick(from: PackedDigests, which: readonly number[]): PackedDigests {
  const keys = new Uint8Array(which.length * KEY)
  for (const [at, n] of which.entries()) keys.set(from.keys.subarray(n * KEY, n * KEY + KEY), at * KEY)
  return { keys, sizes: Float64Array.from(which, (n) => from.sizes[n] ?? 0) }
}

function without(table: DigestTable, wrong: readonly Digest[]): DigestTable {
  const rest = new DigestTable(table.size)
  const out = new Set<string>(wrong)
  const { keys, used } = table.shared
  for (let slot = 0; slot < used.length; slot++)
    if (used[slot] === 1 && !out.has(unpackDigest(keys, slot))) rest.add(keys, slot * KEY)
  return rest
}

function prefixesOf({ keys, sizes }: PackedDigests): Uint32Array {
  const view = new DataView(keys.buffer, keys.byteOffset, keys.byteLength)
  return Uint32Array.from(sizes, (_, n) => view.getUint32(n * KEY))
}

function prefixOf(digest: Digest): number {
  return Number.parseInt(digest.slice('sha256:'.length, 'sha256:'.length + 8), 16)
}
