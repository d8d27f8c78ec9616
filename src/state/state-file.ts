import { lstatSync, readFileSync, realpathSync, renameSync, statSync } from 'node:fs'
import type { RememberedFinding, RememberedRun } from './memory.ts'

const SCHEMA_VERSION = 1

/** The content of a state file, and a warning about the file. */
export interface ReadState {
  readonly memories: readonly RememberedRun[]
  readonly warning: string | undefined
}

/**
 * Reads the state of earlier runs. A file that is not a state file is renamed to `FILE.damaged`, so that it is not lost and
 * the next run does not read it again.
 *
 * @throws {Error} if the file exists and cannot be read
 */
export function readState(path: string): ReadState {
  let text: string
  try {
    // Reading a FIFO would block.
    if (!statSync(path).isFile()) throw new Error(`${path} is not a regular file`)
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return { memories: [], warning: undefined }
    throw error
  }
  const memories = memoriesIn(text)
  if (memories) return { memories, warning: undefined }
  const place = lstatSync(path).isSymbolicLink() ? realpathSync.native(path) : path
  const aside = `${place}.damaged`
  renameSync(place, aside)
  return {
    memories: [],
    warning: `${path} was not written by regfsck: set aside as ${aside}; every finding counts as new`,
  }
}

/** The text of a state file. @param others entries of the file; those of the same registry and profile are replaced */
export function stateText(others: readonly RememberedRun[], own: readonly RememberedRun[]): string {
  const isOwn = (memory: RememberedRun): boolean =>
    own.some(({ registry, profile }) => registry === memory.registry && profile === memory.profile)
  const memories = [...others.filter((memory) => !isOwn(memory)), ...own]
  return `${JSON.stringify({ schemaVersion: SCHEMA_VERSION, memories })}\n`
}

function memoriesIn(text: string): readonly RememberedRun[] | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isRecord(value) || value['schemaVersion'] !== SCHEMA_VERSION) return undefined
  const { memories } = value
  return Array.isArray(memories) && memories.every(isMemory) ? memories : undefined
}

function isMemory(value: unknown): value is RememberedRun {
  if (!isRecord(value)) return false
  const { registry, profile, lastRun, findings } = value
  return (
    isText(registry) && isText(profile) && isInstant(lastRun) && Array.isArray(findings) && findings.every(isFinding)
  )
}

function isFinding(value: unknown): value is RememberedFinding {
  if (!isRecord(value)) return false
  const { id, code, severity, repository, tag, digest, tags, parents, hiddenBy, isUnseen, firstSeen, seenBy } = value
  return (
    [id, code, severity].every(isText) &&
    [repository, tag, digest].every((each) => each === undefined || isText(each)) &&
    [tags, parents, hiddenBy].every((each) => each === undefined || (Array.isArray(each) && each.every(isText))) &&
    (isUnseen === undefined || isUnseen === true) &&
    isInstant(firstSeen) &&
    isRecord(seenBy)
  )
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isText(value: unknown): boolean {
  return typeof value === 'string'
}

function isInstant(value: unknown): boolean {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value))
}
