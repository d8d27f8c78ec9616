import { createHash } from 'node:crypto'

/** One of several slices of the repositories; together they are all, and no repository is in two of them. */
export interface Shard {
  /** From 0, as Kubernetes counts the pods of an Indexed Job. */
  readonly index: number
  readonly of: number
}

/** More slices than that say nothing but that a zero was typed too often. */
const MOST = 1000
/** Bytes of the hash that count: 48 bits, which a number holds exactly. */
const BYTES = 6

/** @returns `undefined` where the text is not `I/N` with I from 0 to N-1 */
export function parseShard(text: string): Shard | undefined {
  const { index, of } = /^(?<index>\d{1,4})\/(?<of>\d{1,4})$/.exec(text)?.groups ?? {}
  const shard = { index: Number(index), of: Number(of) }
  return shard.index < shard.of && shard.of <= MOST ? shard : undefined
}

/**
 * Whether a repository is in a slice: the first 48 bits of the SHA-256 of its name, as a number, divided by the number of
 * slices, leave the slice's index. The name alone decides, so storage and API are cut alike, on every machine and in every
 * version: a slice that moved would take the last known numbers of its repositories with it.
 */
export function isInShard(repository: string, { index, of }: Shard): boolean {
  return createHash('sha256').update(repository).digest().readUIntBE(0, BYTES) % of === index
}

/** As it is written on a command line. */
export function shardText({ index, of }: Shard): string {
  return `${index}/${of}`
}
