import type { FixedFinding } from '../check/events.ts'
import { harmless } from './escape.ts'
import { count } from './lines.ts'
import type { Pen } from './table.ts'

const MOST = 12

/** What the run before found and this one no longer. */
export function fixedLines(fixed: readonly FixedFinding[], { ink }: Pen): string[] {
  if (fixed.length === 0) return []
  const lines = fixed.slice(0, MOST).map(({ code, repository, tag, digest, firstSeen }) => {
    const where = [repository, tag ?? digest].filter((part) => part !== undefined).join('  ')
    return `      ${harmless(`${code}  ${where}`)}  ${ink.dim(`first seen ${harmless(firstSeen)}`)}`
  })
  const more = fixed.length - MOST
  return [
    `  ${ink.green('FIXED')}  since the last run: ${count(fixed.length, 'finding')}`,
    ...lines,
    ...(more > 0 ? [`      and ${more} more; --output json lists all`] : []),
    '',
  ]
}
