import type { PastFinding, ReportedFinding, ScanEvent, TargetTotals } from '../check/events.ts'
import { neededBy, useText } from '../check/findings/phrases.ts'
import { resultOf } from '../check/judge/run-verdict.ts'
import type { TagRecord, UncheckedRecord } from '../check/records.ts'
import { imageName } from '../oci/image-name.ts'
import { harmless } from './escape.ts'
import type { Report, RunFacts, Write } from './report.ts'
import { count, some } from './text/counts.ts'
import { platformName } from './text/platform-name.ts'
import { SEEN_ONCE } from './text/seen-once.ts'
import { UNTAGGED } from './text/untagged.ts'

/** Findings on the page. */
const MOST = 100
/** Tags in one heading. */
const TAGS = 5

/** Markdown for the summary page of a CI run: what is broken, which tags it affects, and what to do. */
export function markdownReport(write: Write): Report {
  let shown = 0
  return {
    take(event: ScanEvent): void {
      switch (event.type) {
        case 'target':
          shown = 0
          write(`## ${code(event.info.usedBy === undefined ? event.info.registry : event.info.target)}\n\n`)
          if (event.info.usedBy !== undefined) write(`${plain(neededBy(event.info.usedBy.map(useText)))}\n\n`)
          if (event.info.shard !== undefined) write(`Slice ${code(event.info.shard)} of the repositories.\n\n`)
          return
        case 'finding':
          if (event.finding.severity !== 'notice' && shown++ < MOST) write(finding(event.finding))
          return
        case 'tag':
          if (event.record.verdict === 'unchecked') write(`- ${tagged(event.record)}: unchecked\n\n`)
          return
        case 'fixed':
          write(`- fixed since the last run: ${past(event.finding)}\n\n`)
          return
        case 'still-known':
          write(`- still known from earlier runs, and not checked this time: ${past(event.finding)}\n\n`)
          return
        case 'unchecked':
          write(unchecked(event.record))
          return
        case 'summary':
          if (shown > MOST) write(`… and ${count(shown - MOST, 'more finding')}.\n\n`)
          if (event.untagged !== undefined) write(`${plain(UNTAGGED[event.untagged])}\n\n`)
          write(`${totals(event.totals)}${event.complete ? '' : ' Incomplete: not everything could be checked.'}\n\n`)
          return
        case 'unreadable':
          write(`Cannot be read: ${plain(event.reason)}\n\n`)
          return
        case 'repairs':
        case 'progress':
      }
    },
    end({ counts }: RunFacts): void {
      const result = resultOf(counts)
      const what =
        result === 'warning' ? `: content that no tag reaches is lost (${count(counts.lostContent, 'warning')}).` : ''
      write(`**${result.toUpperCase()}**${what}\n`)
    },
  }
}

function finding({
  code: name,
  cause,
  severity,
  repository,
  tags,
  digest,
  platforms,
  message,
  repair,
  confirmed,
}: ReportedFinding) {
  const names = tags.map((tag) => code(imageName(repository ?? '', tag)))
  const about = names.length > 0 ? some(names, TAGS) : code(repository ?? '')
  const lines = [
    `### ${severity === 'error' ? '❌' : '⚠️'} ${about}: ${name} (${cause})`,
    [digest, ...platforms.map(platformName)].flatMap((part) => (part === undefined ? [] : [code(part)])).join(' '),
    plain(confirmed ? message : `${message} ${SEEN_ONCE}`),
    `**${repair.action}**: ${plain(repair.why)}`,
    repair.commands.length > 0 ? fenced(repair.commands) : '',
  ]
  return `${lines.filter((line) => line !== '').join('\n\n')}\n\n`
}

function unchecked({ repository, tag, digest, path, pattern, because, detail }: UncheckedRecord): string {
  const what = [repository, tag ?? digest ?? path ?? pattern]
    .flatMap((part) => (part === undefined ? [] : [code(part)]))
    .join(' ')
  return `- ${what}: ${because}${detail === undefined ? '' : `, ${plain(detail)}`}\n\n`
}

function past({ code: what, repository, tag, digest }: PastFinding): string {
  return [what, ...[repository, tag ?? digest].flatMap((part) => (part === undefined ? [] : [code(part)]))].join(' ')
}

function tagged({ repository, tag }: TagRecord): string {
  return code(imageName(repository, tag))
}

function totals({ repositories, tags }: TargetTotals): string {
  const all = tags.intact + tags.degraded + tags.unpullable + tags.unchecked
  const parts = [`${tags.unpullable} cannot be pulled`, `${tags.degraded} degraded`, `${tags.intact} intact`]
  return `${count(repositories, 'repository', 'repositories')}, ${count(all, 'tag')}: ${parts.join(', ')}.`
}

/** A code span, in which Markdown has no meaning. */
function code(raw: string): string {
  return raw === '' ? '' : `\`${harmless(raw).replaceAll('`', "'")}\``
}

/** A code block. Its fence is longer than any in the lines. */
function fenced(lines: readonly string[]): string {
  const body = lines.flatMap((line) => line.split('\n')).map(harmless)
  const runs = body.flatMap((line) => [...line.matchAll(/`+/g)].map(([run]) => run.length))
  const longest = runs.reduce((most, length) => Math.max(most, length), 2)
  const fence = '`'.repeat(longest + 1)
  return [`${fence}sh`, ...body, fence].join('\n')
}

/**
 * Text with Markdown and HTML escaped. A word that would become a link or a mention even when escaped is put in a code span.
 */
function plain(raw: string): string {
  return harmless(raw)
    .split(' ')
    .map((word) => (LINKED.test(word) ? code(word) : word.replace(/[\\`*_{}[\]<>#|&~!$]/g, String.raw`\$&`)))
    .join(' ')
    .replace(/^(?=[-+=])/, '\\')
    .replace(/^(\d+)(?=[.)])/, '$1\\')
}

/** A mention, a mail address, a URL, or an issue number. */
const LINKED = /@|:\/\/|www\.|mailto:|xmpp:|#\d|\bgh-\d/i
