import { readFileSync } from 'node:fs'
import type { AskedDigest } from '../../check/reach/answers.ts'
import { hashAlgorithmOf, isDigest } from '../../oci/digest.ts'
import { isRepositoryName, isTagName } from '../../oci/names.ts'
import { redact } from '../../oci/redact.ts'
import type { OptionValues } from '../options/option-values.ts'

/** A line of `--digests-from`. */
export interface AskedLine extends AskedDigest {
  /** From 1. */
  readonly line: number
  /** As it was written. */
  readonly text: string
}

/** Lines that one message quotes. */
const MOST_QUOTED = 3
/** Characters of a line that a message quotes. */
const SHOWN = 100

/** Reads `--digests-from`: `DIGEST` or `REPOSITORY@DIGEST` in each line. */
export function readAsked(file: string, values: OptionValues): readonly AskedLine[] {
  return readLines('--digests-from', file, values, {
    expected: 'DIGEST or REPOSITORY@DIGEST',
    parse: (text, line) => {
      const at = text.lastIndexOf('@')
      const digest = text.slice(at + 1)
      const repository = at < 0 ? undefined : text.slice(0, at)
      // By the grammar `app:v1` is a digest of an algorithm `app`, and so is any tag.
      if (!isDigest(digest) || hashAlgorithmOf(digest) === undefined) return undefined
      if (repository !== undefined && !isRepositoryName(repository)) return undefined
      return { line, text, digest, repository }
    },
  })
}

/** Reads `--without-tags`: `REPOSITORY:TAG` in each line. @returns tags by repository */
export function readWithoutTags(file: string, values: OptionValues): ReadonlyMap<string, ReadonlySet<string>> {
  const tags = new Map<string, Set<string>>()
  const lines = readLines('--without-tags', file, values, {
    expected: 'REPOSITORY:TAG',
    parse: (text) => {
      const colon = text.lastIndexOf(':')
      const [repository, tag] = [text.slice(0, Math.max(0, colon)), text.slice(colon + 1)]
      return isRepositoryName(repository) && isTagName(tag) ? { repository, tag } : undefined
    },
  })
  for (const { repository, tag } of lines) tags.set(repository, (tags.get(repository) ?? new Set()).add(tag))
  return tags
}

/** The lines of a file, without empty ones and comments. All wrong ones are one problem, so that none is lost among others. */
function readLines<T>(
  flag: string,
  file: string,
  values: OptionValues,
  { expected, parse }: { readonly expected: string; readonly parse: (text: string, line: number) => T | undefined },
): readonly T[] {
  const read = file === '-' ? readStandardInput(flag, values) : values.file(flag, file)
  const lines = (read ?? '').split('\n').map((line, n) => ({ line: n + 1, text: line.trim() }))
  const wrong: string[] = []
  const parsed = lines.flatMap(({ line, text }) => {
    if (text === '' || text.startsWith('#')) return []
    const found = parse(text, line)
    if (found === undefined) wrong.push(`line ${line} is ${JSON.stringify(redact(text).slice(0, SHOWN))}`)
    return found ?? []
  })
  if (wrong.length > 0) {
    const more = wrong.length > MOST_QUOTED ? ` and ${wrong.length - MOST_QUOTED} more` : ''
    values.problems.push(
      `${flag}: expected ${expected} in each line of ${file}, but ${wrong.slice(0, MOST_QUOTED).join(', ')}${more}; nothing was looked up`,
    )
  }
  return parsed
}

function readStandardInput(flag: string, values: OptionValues): string | undefined {
  try {
    return readFileSync(0, 'utf8')
  } catch (error) {
    values.problems.push(`${flag}: cannot read standard input: ${error instanceof Error ? error.message : ''}`)
    return undefined
  }
}
