import { FINDINGS } from '../../check/findings/catalogue.ts'
import type { FindingCode } from '../../check/findings/code.ts'
import type { UncheckedRecord } from '../../check/records.ts'
import { harmlessJson } from '../escape.ts'
import { RunCollector } from '../records/target-records.ts'
import type { Report, RunFacts, Write } from '../report.ts'
import { Descriptors } from './descriptors.ts'
import { type Notification, notificationsOf } from './notifications.ts'
import { type Result, resultsOf } from './results.ts'

/** The page about a code, in Markdown; `undefined` if the code has no page. */
export type PageOf = (room: 'findings' | 'unchecked', code: string) => string | undefined

/**
 * SARIF 2.1.0, which code hosts show beside the lines of files: a result for each place that a finding concerns. What could
 * not be checked is a notification, and then the run was not successful: no results say nothing.
 *
 * @see SARIF 2.1.0, OASIS Standard, errata 01: 3.20 (invocation), 3.27 (result), 3.58 (notification)
 */
export function sarifReport(write: Write, pageOf: PageOf): Report {
  const run = new RunCollector()
  return {
    take: (event) => {
      run.take(event)
    },
    end({ version, startedAt, finishedAt, counts }: RunFacts): void {
      const rules = new Descriptors<FindingCode>((code) => ruleOf(code, pageOf))
      const codes = new Descriptors<UncheckedRecord['because']>((code) => ({ id: code, ...helpOf(code, pageOf) }))
      const results = run.targets.flatMap((target) => resultsOf(target, rules))
      const notifications = run.targets.flatMap((target) => notificationsOf(target, codes))
      const invocation = {
        executionSuccessful: counts.complete,
        startTimeUtc: startedAt.toISOString(),
        endTimeUtc: finishedAt.toISOString(),
      }
      const driver = { name: 'regfsck', version, rules: rules.all, notifications: codes.all }
      write(`{\n"$schema": "${SCHEMA}",\n"version": "2.1.0",\n"runs": [{\n`)
      write(`"tool": ${harmlessJson({ driver })},\n"columnKind": "utf16CodeUnits",\n`)
      write(`"invocations": [${harmlessJson(invocation).slice(0, -1)}, "toolExecutionNotifications": `)
      writeList(write, notifications)
      write('}],\n"results": ')
      writeList(write, results)
      write('\n}]\n}\n')
    },
  }
}

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json'

/** One item a line: a list may be too long for one text. */
function writeList(write: Write, items: readonly (Result | Notification)[]): void {
  write('[')
  for (const [n, item] of items.entries()) write(`${n === 0 ? '\n' : ',\n'}${harmlessJson(item)}`)
  write(']')
}

function ruleOf(code: FindingCode, pageOf: PageOf): object {
  const { thing, state, severities } = FINDINGS[code]
  return {
    id: code,
    shortDescription: { text: `${thing} ${state}` },
    defaultConfiguration: { level: severities[0] === 'notice' ? 'note' : severities[0] },
    ...helpOf(code, pageOf, 'findings'),
  }
}

/** The page itself, because it is part of the package and has no address that every reader can open. */
function helpOf(code: string, pageOf: PageOf, room: 'findings' | 'unchecked' = 'unchecked'): object {
  const markdown = pageOf(room, code)
  return { help: { text: `regfsck explain ${code}`, ...(markdown !== undefined && { markdown }) } }
}
