import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { contentsOf } from './read-storage.ts'

/**
 * Whether a repair has thrown anything away: each file that is no longer where it was must be in the quarantine, and
 * the quarantine must say where it came from.
 *
 * @param before the storage before the repair, by path below its root
 * @returns a sentence for each file that is lost or not accounted for
 */
export function lostFiles(root: string, before: ReadonlyMap<string, string>, quarantine: string): string[] {
  const now = contentsOf(root)
  const kept = contentsOf(quarantine)
  const held = new Set(kept.values())
  const listed = textsIn(quarantine, kept)
  const lost: string[] = []
  for (const [path, content] of before) {
    if (now.get(path) === content || isUpload(path) || isContainer(before, path)) continue
    if (isRewrittenLink(path, now.get(path))) continue
    if (!held.has(content)) lost.push(`${path} is gone and not in the quarantine`)
    else if (!listed.includes(path)) lost.push(`${path} is in the quarantine, and nothing there says so`)
  }
  return lost
}

/** A directory that holds something else: what becomes of that is another line. */
function isContainer(before: ReadonlyMap<string, string>, path: string): boolean {
  return before.get(path) === 'directory' && [...before.keys()].some((each) => each.startsWith(`${path}/`))
}

/** The registry writes a link anew in place, which a push does to a bad one. */
function isRewrittenLink(path: string, now: string | undefined): boolean {
  if (basename(path) !== 'link' || now === undefined) return false
  const [, algorithm, hex] = /\/(sha256)\/([0-9a-f]{64})\/link$/.exec(path) ?? []
  if (algorithm === undefined) return now !== hashOf('')
  return now === hashOf(`${algorithm}:${hex}`)
}

function isUpload(path: string): boolean {
  return path.includes('/_uploads')
}

function textsIn(quarantine: string, kept: ReadonlyMap<string, string>): string {
  const files = [...kept].filter(([, content]) => /^[0-9a-f]{64}$/.test(content))
  return files.map(([path]) => readFileSync(join(quarantine, path), 'latin1')).join('\n')
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
