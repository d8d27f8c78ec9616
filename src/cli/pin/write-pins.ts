import { readFileSync } from 'node:fs'
import { type EarlierPins, historyAfter, historyText } from '../../references/pin/history.ts'
import { type PinnedUse, pinnedText } from '../../references/pin/pinned-use.ts'
import { writeWholeFile } from '../files/whole-file.ts'
import type { ExitCode } from '../process/exit-code.ts'
import type { Io } from '../process/io.ts'
import { changesFor, type FileChange, textOf } from './changes.ts'
import { historyPathOf } from './destination.ts'
import type { PinRequest } from './pin-request.ts'

interface Told {
  readonly io: Io
  readonly say: (sentence: string) => void
}

/** Writes pins that were proved. A file that already has them is left alone. */
export function writePins(uses: readonly PinnedUse[], request: PinRequest, { io, say }: Told): ExitCode {
  const { destination, quiet, isDryRun } = request
  const changes = changesFor(uses, request)
  const made = destination.is === 'in-place' ? { text: '' } : textOf(uses, destination.format)
  if (typeof changes === 'string' || ('because' in made && destination.is === 'stdout')) {
    say(`nothing was written: ${typeof changes === 'string' ? changes : 'because' in made ? made.because : ''}`)
    return 2
  }
  const text = 'text' in made ? made.text : ''
  if (destination.is === 'stdout') {
    io.stdout.write(text)
    return 0
  }
  if (!quiet) for (const change of changes) for (const sentence of whatChanges(change, uses, request)) say(sentence)
  if (isDryRun) {
    for (const { after } of destination.is === 'file' ? changes : []) io.stdout.write(after)
    return 0
  }
  try {
    for (const change of changes.filter(isChange)) requireUnchanged(change)
    for (const change of changes.filter(isChange)) write(change, request, io.now().toISOString())
    return 0
  } catch (error) {
    say(`the pins could not be written: ${error instanceof Error ? error.message : String(error)}`)
    io.stdout.write(text)
    return 5
  }
}

function isChange({ before, after }: FileChange): boolean {
  return before !== after
}

/** Another program may have written to the file while the images were checked. @throws {Error} */
function requireUnchanged({ path, before }: FileChange): void {
  if (before !== undefined && withoutMark(readFileSync(path, 'utf8')) !== withoutMark(before))
    throw new Error(`${path} has changed meanwhile`)
}

/** A byte order mark is no part of the text, and stays. */
function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/, '')
}

function write({ path, before, after, pins }: FileChange, request: PinRequest, now: string): void {
  const { keep, mode, histories } = request
  const earlier = histories.get(path) ?? []
  const next: readonly EarlierPins[] =
    mode === 'rollback' ? earlier.slice(1) : historyAfter(earlier, { ...pins, now, keep })
  // First, so that after a crash nothing is forgotten.
  if (next !== earlier && (keep > 0 || mode === 'rollback')) writeWholeFile(historyPathOf(path), historyText(next))
  const mark = before !== undefined && readFileSync(path, 'utf8').startsWith('\uFEFF') ? '\uFEFF' : ''
  writeWholeFile(path, mark + withoutMark(after))
}

function* whatChanges(
  { path, before, after, pins, nameOf }: FileChange,
  uses: readonly PinnedUse[],
  { isDryRun, siblings, destination }: PinRequest,
): Generator<string> {
  const count = pins.after.size === 1 ? '1 pin' : `${pins.after.size} pins`
  if (before === after) {
    yield `${path} is up to date: ${count}`
    return
  }
  for (const use of uses) {
    const name = nameOf(use)
    const old = pins.before.get(name)
    if (!pins.after.has(name) || old === use.digest) continue
    yield `${use.usedBy}: ${pinnedText(use)}${old === undefined ? '' : `, before ${old}`}`
  }
  for (const name of pins.before.keys()) if (!pins.after.has(name)) yield `${name} is no longer pinned in ${path}`
  const why = destination.is === 'in-place' && siblings.has(path) ? ', which a file of --from includes or extends' : ''
  yield isDryRun ? `${path}${why} would be written: ${count}` : `${path}${why}: ${count}`
}
