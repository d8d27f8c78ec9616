import type { ScanEvent, TargetInfo, ToldFinding } from '../check/events.ts'
import type { TagRecord, UncheckedRecord } from '../check/judge/judge.ts'
import { isConfirmedError } from '../check/judge/run-verdict.ts'
import { isSkip } from '../check/store-error.ts'
import { isDigest } from '../oci/digest.ts'
import { imageName } from '../oci/image-name.ts'
import { harmless } from './escape.ts'
import type { Report, RunFacts, Write } from './report.ts'
import { platformName } from './text/platform-name.ts'
import { SEEN_ONCE } from './text/seen-once.ts'

/**
 * JUnit XML, as CI systems read it: a suite for each target, a case for each tag that is told, for each finding that no tag
 * reaches, and one for whether everything was looked at. Damage is a failure, what could not be looked at an error, what was
 * skipped on purpose is skipped.
 */
export function junitReport(write: Write): Report {
  const suites: Suite[] = []
  return {
    take(event: ScanEvent): void {
      const suite = suites.at(-1)
      if (event.type === 'target') suites.push({ info: event.info, findings: new Map(), cases: [] })
      else if (suite) add(suite, event)
    },
    end({ startedAt, finishedAt }: RunFacts): void {
      const told = suites.map(({ info, findings, cases }) => {
        const loose = [...findings.values()].filter(({ tags }) => tags.length === 0)
        return { name: info.registry, cases: [...cases, ...loose.map(looseCase)] }
      })
      const all = told.flatMap(({ cases }) => cases)
      const seconds = (finishedAt.getTime() - startedAt.getTime()) / 1000
      write('<?xml version="1.0" encoding="UTF-8"?>\n')
      write(`<testsuites name="regfsck" ${counts(all)} time="${seconds.toFixed(3)}">\n`)
      for (const { name, cases } of told) {
        write(`  <testsuite name="${text(name)}" ${counts(cases)}>\n`)
        for (const each of cases) write(caseOf(each))
        write('  </testsuite>\n')
      }
      write('</testsuites>\n')
    },
  }
}

interface Suite {
  readonly info: TargetInfo
  readonly findings: Map<string, ToldFinding>
  readonly cases: Case[]
}

interface Case {
  readonly group: string
  readonly name: string
  readonly is: 'passed' | 'failure' | 'error' | 'skipped'
  readonly message: string
  readonly details: string
}

function add({ info, findings, cases }: Suite, event: ScanEvent): void {
  switch (event.type) {
    case 'finding':
      findings.set(event.finding.id, event.finding)
      return
    case 'tag':
      cases.push(
        tagCase(
          event.record,
          event.findings.flatMap((id) => findings.get(id) ?? []),
        ),
      )
      return
    case 'unchecked':
      cases.push(uncheckedCase(event.record))
      return
    case 'summary':
      if (event.stopped) cases.push(targetCase(info, 'The scan was stopped before it finished.'))
      return
    case 'unreadable':
      cases.push(targetCase(info, event.reason))
      return
    case 'target':
    case 'repairs':
    case 'progress':
    case 'fixed':
    case 'still-known':
  }
}

function tagCase({ repository, tag, verdict }: TagRecord, findings: readonly ToldFinding[]): Case {
  const isUnconfirmed = findings.length > 0 && findings.every(({ confirmed }) => !confirmed)
  const is = verdict === 'intact' ? 'passed' : verdict === 'unchecked' || isUnconfirmed ? 'error' : 'failure'
  const [first] = findings
  return {
    group: repository,
    name: isDigest(tag) ? imageName(repository, tag) : tag,
    is,
    message: first === undefined ? verdict : `${verdict}: ${first.code} (${first.cause})`,
    details: findings.map(described).join('\n\n'),
  }
}

/** Nothing that is pulled by a tag: only an error fails. */
function looseCase(finding: ToldFinding): Case {
  return {
    group: finding.repository ?? '',
    name: `${finding.code} ${finding.digest ?? String(finding.evidence['path'] ?? '')}`,
    is: isConfirmedError(finding) ? 'failure' : finding.severity === 'error' ? 'error' : 'passed',
    message: `${finding.code} (${finding.cause})`,
    details: described(finding),
  }
}

function uncheckedCase({ repository = '', tag, digest, path, pattern, because, detail = '' }: UncheckedRecord): Case {
  return {
    group: repository,
    name: tag ?? digest ?? path ?? pattern ?? '',
    is: isSkip(because) ? 'skipped' : 'error',
    message: because,
    details: detail,
  }
}

function targetCase({ target }: TargetInfo, reason: string): Case {
  return { group: '', name: target, is: 'error', message: reason, details: '' }
}

function described({ code, cause, digest, platforms, message, repair, confirmed }: ToldFinding): string {
  const where = [digest, ...platforms.map(platformName)].filter((part) => part !== undefined).join('  ')
  const seen = confirmed ? [] : [SEEN_ONCE]
  return [`${code} (${cause})  ${where}`, message, ...seen, `${repair.action}: ${repair.why}`, ...repair.commands].join(
    '\n',
  )
}

function caseOf({ group, name, is, message, details }: Case): string {
  const head = `    <testcase classname="${text(group)}" name="${text(name)}"`
  const body = details.split('\n').map(text).join('\n')
  if (is !== 'passed') return `${head}>\n      <${is} message="${text(message)}">${body}</${is}>\n    </testcase>\n`
  return details === '' ? `${head}/>\n` : `${head}>\n      <system-out>${body}</system-out>\n    </testcase>\n`
}

function counts(cases: readonly Case[]): string {
  const of = (is: Case['is']): number => cases.filter((each) => each.is === is).length
  return `tests="${cases.length}" failures="${of('failure')}" errors="${of('error')}" skipped="${of('skipped')}"`
}

/** Text for an attribute or an element. Some characters may stand in no XML at all, however they are spelt. */
function text(raw: string): string {
  return harmless(raw)
    .replace(/[\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
