import { createHash } from 'node:crypto'

/** One of several parts of the repositories. Each repository is in exactly one of them. */
export interface Shard {
  /** Starts at 0, like the index of pods in a Kubernetes Indexed Job. */
  readonly index: number
  readonly of: number
}

/** A larger number is more likely a typing error. */
const MOST = 1000
/** Bytes of the hash that are used: 48 bits, which a JavaScript number holds exactly. */
const BYTES = 6

/** @returns `undefined` if the text is not `I/N` with I from 0 to N-1 */
export function parseShard(text: string): Shard | undefined {
  const { index, of } = /^(?<index>\d{1,4})\/(?<of>\d{1,4})$/.exec(text)?.groups ?? {}
  const shard = { index: Number(index), of: Number(of) }
  return shard.index < shard.of && shard.of <= MOST ? shard : undefined
}

/**
 * Whether a repository is in a shard: the first 48 bits of the SHA-256 of its name, as a number, modulo the number of
 * shards, are its index. Only the name decides, so storage and API get the same shards on every machine and in every
 * version. If a repository changed its shard, its last known metrics would stay behind in the old one.
 */
export function isInShard(repository: string, { index, of }: Shard): boolean {
  return createHash('sha256').update(repository).digest().readUIntBE(0, BYTES) % of === index
}

/** The text for a command line: `0/4`. */
export function shardText({ index, of }: Shard): string {
  return `${index}/${of}`
}
