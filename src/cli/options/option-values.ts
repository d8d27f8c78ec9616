import { accessSync, constants, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { durationText, EXPECTED_DURATION, parseDuration } from '../../config/duration.ts'
import { didYouMean } from '../../config/nearest.ts'
import { destinationOf } from '../files/destination.ts'
import { whyKernels } from '../files/kernel-files.ts'
import { whyUnusable } from '../files/usable-directory.ts'
import { quoted } from './passwords.ts'
import { UsageError } from './usage-error.ts'

/** The parts of an option's entry that are checked here. */
interface Range {
  readonly least: number
}

/** Reads option values and collects all problems. */
export class OptionValues {
  readonly problems: string[] = []

  /** @returns the value if it is one of `allowed`; otherwise the first of them, and a problem */
  choice<T extends string>(flag: string, value: string, allowed: readonly [T, ...T[]]): T {
    const found = allowed.find((choice) => choice === value)
    if (found !== undefined) return found
    this.problems.push(`${flag}: expected ${listed(allowed)}, not ${quoted(value)}${didYouMean(value, allowed)}`)
    return allowed[0]
  }

  /** @returns a whole number from `least` to `most` */
  count(flag: string, value: string, { least, most }: { readonly least: number; readonly most: number }): number {
    const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN
    if (number >= least && number <= most) return number
    this.problems.push(`${flag}: expected a whole number from ${least} to ${most}, not ${quoted(value)}`)
    return least
  }

  /**
   * @param range.least milliseconds: 0 if no wait at all makes sense
   * @returns milliseconds
   */
  duration(flag: string, value: string, { least }: Range): number {
    const milliseconds = parseDuration(value)
    if (milliseconds === undefined) this.problems.push(`${flag}: ${EXPECTED_DURATION}, not ${quoted(value)}`)
    else if (milliseconds < least)
      this.problems.push(`${flag}: expected at least ${durationText(least)}, not ${quoted(value)}`)
    return milliseconds ?? least
  }

  /** @returns milliseconds, at most 24 days: a longer timer would end at once */
  wait(flag: string, value: string, range: Range): number {
    return Math.min(this.duration(flag, value, range), LONGEST_WAIT)
  }

  /** @returns the text of a file */
  file(flag: string, path: string): string | undefined {
    try {
      return readFileSync(path, 'utf8')
    } catch (error) {
      this.problems.push(`${flag}: cannot read ${path}: ${error instanceof Error ? error.message : ''}`)
      return undefined
    }
  }

  /** @returns the text of a file that will be read again, so that it cannot be a pipe */
  rereadFile(flag: string, path: string): string | undefined {
    if (!isPipe(path)) return this.file(flag, path)
    this.problems.push(`${flag}: ${path} is a pipe, but it is read more than once: expected a file`)
    return undefined
  }

  /** @returns the path of a writable directory that exists */
  existingDirectory(flag: string, path: string): string | undefined {
    try {
      accessSync(path, constants.W_OK | constants.X_OK)
      if (!statSync(path).isDirectory()) this.problems.push(`${flag}: ${path} is not a directory`)
      else requireOrdinary(path)
      return path
    } catch (error) {
      this.problems.push(`${flag}: cannot write to ${path}: ${error instanceof Error ? error.message : ''}`)
    }
    return undefined
  }

  /** @returns the path of a file that can be written; it need not exist */
  place(flag: string, path: string): string | undefined {
    if (path === '') {
      this.problems.push(`${flag}: cannot write a file without a name`)
      return undefined
    }
    if (path === '-') {
      this.problems.push(`${flag}: works with a file, not with -; write ./- if that is its name`)
      return undefined
    }
    try {
      const directory = dirname(destinationOf(path))
      accessSync(directory, constants.W_OK | constants.X_OK)
      const kind = kindOf(path)
      if (kind !== undefined && kind !== 'a file') this.problems.push(`${flag}: ${path} is ${kind}: expected a file`)
      else requireOrdinary(directory)
      return path
    } catch (error) {
      this.problems.push(`${flag}: cannot write ${path}: ${error instanceof Error ? error.message : ''}`)
    }
    return undefined
  }

  /** @returns the path of a writable directory that exists or can be made */
  directory(flag: string, path: string): string | undefined {
    const why = whyUnusable(path)
    if (why === undefined) return path
    this.problems.push(`${flag}: ${why}`)
    return undefined
  }

  /** @throws {UsageError} if there was any problem */
  finish(): void {
    if (this.problems.length > 0) throw new UsageError([...new Set(this.problems)])
  }
}

/** @throws {Error} if no files can be made in a directory */
function requireOrdinary(directory: string): void {
  const why = whyKernels(directory)
  if (why !== undefined) throw new Error(why)
}

/** @returns `undefined` if there is nothing. @throws {Error} */
function kindOf(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return undefined
  if (stats.isFile()) return 'a file'
  if (stats.isDirectory()) return 'a directory'
  if (stats.isFIFO()) return 'a FIFO'
  return stats.isSocket() ? 'a socket' : 'a device'
}

function isPipe(path: string): boolean {
  try {
    return kindOf(path) === 'a FIFO'
  } catch {
    return false
  }
}

const LONGEST_WAIT = 2 ** 31 - 1

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} or ${words[words.length - 1] ?? ''}`
}
