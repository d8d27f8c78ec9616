import type { PastFinding } from '../../check/events.ts'
import { harmless } from '../escape.ts'
import type { Pen, TableTarget } from './table.ts'
import { count } from './wrap.ts'

const MOST = 12

/** What earlier runs found and this one no longer, or could not look at again. */
export function pastLines({ fixed, stillKnown }: Pick<TableTarget, 'fixed' | 'stillKnown'>, pen: Pen): string[] {
  const { green, yellow } = pen.ink
  return [
    ...block(`${green('FIXED')}  since the last run`, fixed, pen),
    ...block(`${yellow('STILL KNOWN')}  from earlier runs, and not checked this time`, stillKnown, pen),
  ]
}

function block(title: string, findings: readonly PastFinding[], { ink }: Pen): string[] {
  if (findings.length === 0) return []
  const lines = findings.slice(0, MOST).map(({ code, repository, tag, digest, firstSeen }) => {
    const where = [repository, tag ?? digest].filter((part) => part !== undefined).join('  ')
    return `      ${harmless(`${code}  ${where}`)}  ${ink.dim(`first seen ${harmless(firstSeen)}`)}`
  })
  const more = findings.length - MOST
  return [
    `  ${title}: ${count(findings.length, 'finding')}`,
    ...lines,
    ...(more > 0 ? [`      and ${more} more; --output json lists all`] : []),
    '',
  ]
}
