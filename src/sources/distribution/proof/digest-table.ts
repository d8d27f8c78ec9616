/**
 * A set of sha256 digests, 32 bytes a key, in memory that threads share: a JavaScript `Set` costs 156 bytes an entry
 * and ends at 16.7 million. One thread writes; the others read once writing is over.
 */
export class DigestTable {
  #shared: SharedDigestTable
  #size = 0

  constructor(capacity = 1024) {
    this.#shared = allocate(capacity)
  }

  /** What another thread needs to read it with {@link DigestTable.has}. */
  get shared(): SharedDigestTable {
    return this.#shared
  }

  get size(): number {
    return this.#size
  }

  /** @param key 32 bytes at `offset` @returns `false` if it was there before */
  add(key: Uint8Array, offset = 0): boolean {
    if (this.#size * 3 >= this.#shared.used.length * 2) this.#grow()
    const slot = find(this.#shared, key, offset)
    if (this.#shared.used[slot] === 1) return false
    this.#shared.used[slot] = 1
    this.#shared.keys.set(key.subarray(offset, offset + KEY), slot * KEY)
    this.#size++
    return true
  }

  static has(shared: SharedDigestTable, key: Uint8Array, offset = 0): boolean {
    return shared.used[find(shared, key, offset)] === 1
  }

  #grow(): void {
    const old = this.#shared
    this.#shared = allocate(old.used.length * 2)
    for (let slot = 0; slot < old.used.length; slot++) {
      if (old.used[slot] !== 1) continue
      const free = find(this.#shared, old.keys, slot * KEY)
      this.#shared.used[free] = 1
      this.#shared.keys.set(old.keys.subarray(slot * KEY, slot * KEY + KEY), free * KEY)
    }
  }
}

/** A table of digests that threads share. */
export interface SharedDigestTable {
  readonly keys: Uint8Array
  readonly used: Uint8Array
}

/** Bytes of a sha256. */
export const KEY = 32

function allocate(capacity: number): SharedDigestTable {
  // Never full, or the search for a missing digest would not end.
  const slots = 2 ** Math.ceil(Math.log2(Math.max(capacity, 2) * 2))
  return {
    keys: new Uint8Array(new SharedArrayBuffer(slots * KEY)),
    used: new Uint8Array(new SharedArrayBuffer(slots)),
  }
}

/** The slot of a key, or the free one where it belongs. Digests are evenly distributed, so their first bytes serve as hash. */
function find({ keys, used }: SharedDigestTable, key: Uint8Array, offset: number): number {
  const mask = used.length - 1
  const at = (n: number): number => key[offset + n] ?? 0
  let slot = (at(0) | (at(1) << 8) | (at(2) << 16) | (at(3) << 24)) & mask
  while (used[slot] === 1 && !sameKey(keys, slot * KEY, key, offset)) slot = (slot + 1) & mask
  return slot
}

function sameKey(a: Uint8Array, aOffset: number, b: Uint8Array, bOffset: number): boolean {
  for (let n = 0; n < KEY; n++) if (a[aOffset + n] !== b[bOffset + n]) return false
  return true
}
