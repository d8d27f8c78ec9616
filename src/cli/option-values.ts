import { accessSync, constants, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { destinationOf } from './destination.ts'
import { quoted } from './passwords.ts'
import { whyUnusable } from './usable-directory.ts'
import { UsageError } from './usage-error.ts'

/** Reads option values, and collects every problem before it complains. */
export class OptionValues {
  readonly problems: string[] = []

  /** @returns the value where it is one of `allowed`; otherwise the first of them, and a problem */
  choice<T extends string>(flag: string, value: string, allowed: readonly [T, ...T[]]): T {
    const found = allowed.find((choice) => choice === value)
    if (found !== undefined) return found
    this.problems.push(`${flag}: expected ${listed(allowed)}, not ${quoted(value)}`)
    return allowed[0]
  }

  /** @returns a whole number from `least` to `most` */
  count(flag: string, value: string, least: number, most: number): number {
    const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN
    if (number >= least && number <= most) return number
    this.problems.push(`${flag}: expected a whole number from ${least} to ${most}, not ${quoted(value)}`)
    return least
  }

  /** @returns milliseconds */
  duration(flag: string, value: string): number {
    const { amount, unit } = /^(?<amount>\d{1,9}(?:\.\d{1,3})?)(?<unit>ms|s|m|h|d)?$/.exec(value)?.groups ?? {}
    if (amount !== undefined) return Number(amount) * (UNITS.get(unit ?? 's') ?? 1)
    this.problems.push(`${flag}: expected a duration such as 500ms, 3s, 15m, 2h or 7d, not ${quoted(value)}`)
    return 0
  }

  /** @returns milliseconds that a timer can wait: 24 days at the most; a longer one would be over at once */
  wait(flag: string, value: string): number {
    return Math.min(this.duration(flag, value), LONGEST_WAIT)
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

  /** @returns the path of a directory that is there and can be written to */
  existingDirectory(flag: string, path: string): string | undefined {
    try {
      accessSync(path, constants.W_OK | constants.X_OK)
      if (statSync(path).isDirectory()) return path
      this.problems.push(`${flag}: ${path} is no directory`)
    } catch (error) {
      this.problems.push(`${flag}: cannot write to ${path}: ${error instanceof Error ? error.message : ''}`)
    }
    return undefined
  }

  /** @returns the path of a file that can be written, whether or not it is there */
  place(flag: string, path: string): string | undefined {
    try {
      accessSync(dirname(destinationOf(path)), constants.W_OK | constants.X_OK)
      const kind = kindOf(path)
      if (kind === undefined || kind === 'a file') return path
      this.problems.push(`${flag}: ${path} is ${kind}: expected a file`)
    } catch (error) {
      this.problems.push(`${flag}: cannot write ${path}: ${error instanceof Error ? error.message : ''}`)
    }
    return undefined
  }

  /** @returns the path of a directory that is there, or can be made, and can be written to */
  directory(flag: string, path: string): string | undefined {
    const why = whyUnusable(path)
    if (why === undefined) return path
    this.problems.push(`${flag}: ${why}`)
    return undefined
  }

  /** @throws {UsageError} where there was any problem */
  finish(): void {
    if (this.problems.length > 0) throw new UsageError([...new Set(this.problems)])
  }
}

/** `undefined` where nothing is there. @throws {Error} */
function kindOf(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return undefined
  if (stats.isFile()) return 'a file'
  if (stats.isDirectory()) return 'a directory'
  if (stats.isFIFO()) return 'a FIFO'
  return stats.isSocket() ? 'a socket' : 'a device'
}

const LONGEST_WAIT = 2 ** 31 - 1
const UNITS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
])

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} or ${words[words.length - 1] ?? ''}`
}
