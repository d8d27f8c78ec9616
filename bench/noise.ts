import { createCipheriv, createHash } from 'node:crypto'

/** The same bytes for the same seed, on every machine; nothing compresses them. Faster than any disk. */
export function noise(seed: string, size: number): Buffer {
  return noiseSource(seed)(size)
}

/** The noise of one seed in pieces, for blobs too large to hold: each call gives the next `size` bytes. */
export function noiseSource(seed: string): (size: number) => Buffer {
  const key = createHash('sha256').update(seed).digest()
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16))
  return (size) => cipher.update(Buffer.alloc(size))
}
