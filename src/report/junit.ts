import type { ReportedFinding, TargetInfo } from '../check/events.ts'
import { FINDINGS } from '../check/findings/catalogue.ts'
import { neededBy, useText } from '../check/findings/phrases.ts'
import { isConfirmedError } from '../check/judge/run-verdict.ts'
import type { UncheckedRecord } from '../check/records.ts'
import { isSkip } from '../check/store-error.ts'
import { isDigest } from '../oci/digest.ts'
import { imageName } from '../oci/image-name.ts'
import { harmless } from './escape.ts'
import { isTag, type ReportTag, RunCollector, type TargetRecords } from './records/target-records.ts'
import type { Report, RunFacts, Write } from './report.ts'
import { platformName } from './text/platform-name.ts'
import { SEEN_ONCE } from './text/seen-once.ts'

/**
 * JUnit XML for CI systems: a suite for each target, with a case for each listed tag, each unchecked object, and each
 * finding that no tag reaches. Damage is a failure, an unchecked object an error, a skipped object is skipped.
 */
export function junitReport(write: Write): Report {
  const run = new RunCollector()
  return {
    take: (event) => {
      run.take(event)
    },
    end({ startedAt, finishedAt }: RunFacts): void {
      const suites = run.targets.map((records) => ({ name: records.info.registry, cases: casesOf(records) }))
      const all = suites.flatMap(({ cases }) => cases)
      const seconds = (finishedAt.getTime() - startedAt.getTime()) / 1000
      write('<?xml version="1.0" encoding="UTF-8"?>\n')
      write(`<testsuites name="regfsck" ${counts(all)} time="${seconds.toFixed(3)}">\n`)
      for (const { name, cases } of suites) {
        write(`  <testsuite name="${text(name)}" ${counts(cases)}>\n`)
        for (const each of cases) write(xmlOf(each))
        write('  </testsuite>\n')
      }
      write('</testsuites>\n')
    },
  }
}

interface TestCase {
  readonly group: string
  readonly name: string
  readonly is: 'passed' | 'failure' | 'error' | 'skipped'
  readonly message: string
  readonly details: string
}

function casesOf({ info, tagsAndUnchecked, findings, end }: TargetRecords): readonly TestCase[] {
  const byId = new Map(findings.map((finding) => [finding.id, finding]))
  const listed = tagsAndUnchecked.map((record) => (isTag(record) ? tagCase(record, byId) : uncheckedCase(record)))
  const untagged = findings.filter(({ tags, code }) => tags.length === 0 || FINDINGS[code].isForecast).map(untaggedCase)
  const failure =
    end?.type === 'unreadable' ? end.reason : end?.stopped ? 'The scan was stopped before it finished.' : undefined
  return [
    ...listed,
    ...(failure === undefined ? [] : [targetCase(info.target, [failure, ...usesOf(info)].join(' '))]),
    ...untagged,
  ]
}

/** Who needs an image that could not be checked. */
function usesOf({ usedBy }: TargetInfo): readonly string[] {
  return usedBy === undefined ? [] : [neededBy(usedBy.map(useText))]
}

function tagCase(
  { repository, tag, verdict, findings: ids }: ReportTag,
  byId: ReadonlyMap<string, ReportedFinding>,
): TestCase {
  const findings = ids.flatMap((id) => byId.get(id) ?? [])
  const isUnconfirmed = findings.length > 0 && findings.every(({ confirmed }) => !confirmed)
  const isIntact = verdict === 'intact' && !findings.some(isConfirmedError)
  const is = isIntact ? 'passed' : verdict === 'unchecked' || isUnconfirmed ? 'error' : 'failure'
  const [first] = findings
  return {
    group: repository,
    name: isDigest(tag) ? imageName(repository, tag) : tag,
    is,
    message: first === undefined ? verdict : `${verdict}: ${first.code} (${first.cause})`,
    details: findings.map(described).join('\n\n'),
  }
}

/** No tag pulls it, so only an error fails. */
function untaggedCase(finding: ReportedFinding): TestCase {
  return {
    group: finding.repository ?? '',
    name: `${finding.code} ${finding.digest ?? finding.evidence.path ?? ''}`,
    is: isConfirmedError(finding) ? 'failure' : finding.severity === 'error' ? 'error' : 'passed',
    message: `${finding.code} (${finding.cause})`,
    details: described(finding),
  }
}

function uncheckedCase({
  repository = '',
  tag,
  digest,
  path,
  pattern,
  because,
  detail = '',
}: UncheckedRecord): TestCase {
  return {
    group: repository,
    name: tag ?? digest ?? path ?? pattern ?? '',
    is: isSkip(because) ? 'skipped' : 'error',
    message: because,
    details: detail,
  }
}

function targetCase(target: string, reason: string): TestCase {
  return { group: '', name: target, is: 'error', message: reason, details: '' }
}

function described({ code, cause, digest, platforms, message, repair, confirmed }: ReportedFinding): string {
  const where = [digest, ...platforms.map(platformName)].filter((part) => part !== undefined).join('  ')
  const seen = confirmed ? [] : [SEEN_ONCE]
  return [`${code} (${cause})  ${where}`, message, ...seen, `${repair.action}: ${repair.why}`, ...repair.commands].join(
    '\n',
  )
}

function xmlOf({ group, name, is, message, details }: TestCase): string {
  const head = `    <testcase classname="${text(group)}" name="${text(name)}"`
  const body = details.split('\n').map(text).join('\n')
  if (is !== 'passed') return `${head}>\n      <${is} message="${text(message)}">${body}</${is}>\n    </testcase>\n`
  return details === '' ? `${head}/>\n` : `${head}>\n      <system-out>${body}</system-out>\n    </testcase>\n`
}

function counts(cases: readonly TestCase[]): string {
  const of = (is: TestCase['is']): number => cases.filter((each) => each.is === is).length
  return `tests="${cases.length}" failures="${of('failure')}" errors="${of('error')}" skipped="${of('skipped')}"`
}

/** Text for an attribute or an element. XML 1.0 has no spelling for lone surrogates, U+FFFE and U+FFFF. */
function text(raw: string): string {
  return harmless(raw)
    .replace(/[\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
