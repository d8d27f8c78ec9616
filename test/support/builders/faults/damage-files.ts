import { lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { digestOf } from '../images.ts'
import type { StoragePaths } from '../storage-paths.ts'

/** What can happen to one file of a storage directory. All of it is done with no registry running. */

export type Where = 'first' | 'middle' | 'last'

/** Writes a file, and the directories above it. */
export function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}

export function remove(path: string): void {
  rmSync(path, { recursive: true, force: true })
}

/** As a collected blob or revision goes: the file and the directory that was its own. */
export function removeWhole(path: string): void {
  remove(dirname(path))
}

/** Another byte, same size. `0x01` keeps a digit a digit, so JSON mostly stays JSON. */
function flip(path: string, at: number): void {
  const bytes = readFileSync(path)
  bytes.writeUInt8(bytes.readUInt8(at) ^ 0x01, at)
  writeFileSync(path, bytes)
}

export function flipAt(path: string, where: Where): void {
  const { length } = readFileSync(path)
  flip(path, where === 'first' ? 0 : where === 'last' ? length - 1 : Math.floor(length / 2))
}

/**
 * Change one byte of a manifest so that it is still JSON of the same shape.
 *
 * @returns whether there was a place for it: a decimal digit inside the hex of a digest
 */
export function flipInDigest(path: string): boolean {
  const text = readFileSync(path, 'latin1')
  const found = /"sha(?:256|512):[0-9a-f]*?(?=[0-9])/.exec(text)
  if (!found) return false
  flip(path, found.index + found[0].length)
  return true
}

export function truncate(path: string, keep: number): void {
  writeFileSync(path, readFileSync(path).subarray(0, keep))
}

export function extend(path: string, by: Uint8Array = Buffer.from('\n')): void {
  writeFileSync(path, Buffer.concat([readFileSync(path), by]))
}

export function becomeDirectory(path: string): void {
  remove(path)
  mkdirSync(path)
}

/** Whether a regular file is there with exactly this content. */
export function holds(path: string, content: Uint8Array): boolean {
  return (lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? false) && readFileSync(path).equals(content)
}

/** Store a blob past the registry, for what it would refuse. */
export function storeBlob(at: StoragePaths, repository: string, bytes: Uint8Array): string {
  const digest = digestOf(bytes)
  write(at.data(digest), bytes)
  write(at.layerLink(repository, digest), digest)
  return digest
}

/** Store a manifest past the registry, and point a tag at it where one is given. */
export function storeManifest(at: StoragePaths, repository: string, bytes: Uint8Array, tag?: string): string {
  const digest = digestOf(bytes)
  write(at.data(digest), bytes)
  write(at.revisionLink(repository, digest), digest)
  if (tag !== undefined) pointTag(at, repository, { tag, digest })
  return digest
}

/** Move a tag as a push does, history entry included. */
export function pointTag(
  at: StoragePaths,
  repository: string,
  { tag, digest }: { readonly tag: string; readonly digest: string },
): void {
  const [algorithm = '', hex = ''] = digest.split(':')
  write(at.tagLink(repository, tag), digest)
  write(`${at.tag(repository, tag)}/index/${algorithm}/${hex}/link`, digest)
}
