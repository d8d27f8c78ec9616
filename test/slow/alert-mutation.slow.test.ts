import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import pLimit from 'p-limit'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { ALERTS, type AlertRule, alertNames, alertRules, testsIn, testsOf } from '../alerts/rules.ts'
import { describeWithPromtool, runTool } from '../alerts/tools.ts'
import { scratch } from '../support/scratch.ts'
import { type Mutant, mutantsOf } from './mutants.ts'

/** Each process takes about a quarter of a second of one processor. */
const AT_ONE_TIME = pLimit(availableParallelism())

describeWithPromtool('a rule that is slightly wrong fails its tests:', () => {
  const directory = scratch()

  it.each(alertNames())('%s', { timeout: 900_000 }, async (alert) => {
    const named = namedIn(testsOf(alert))
    const rules = alertRules().filter((rule) => named.has(rule.alert))
    expect(await failing(join(directory, alert), alert, rules)).toBe(false)
    const mutants = rules.flatMap((rule, n) =>
      (rule.alert === alert ? mutantsOf(rule) : []).map((mutant) => ({ mutant, rules: rules.with(n, mutant.rule) })),
    )
    expect(mutants).not.toEqual([])
    const survivors = await AT_ONE_TIME.map(mutants, async ({ mutant, rules }, n) =>
      (await failing(join(directory, `${alert}-${n}`), alert, rules)) ? [] : [mutantName(mutant)],
    )
    expect(survivors.flat()).toEqual([])
  })
})

describe('the ways to get a rule wrong', () => {
  it.each(alertRules())('are tried on each number, comparison and time of $alert ($labels.severity)', (rule) => {
    const changes = mutantsOf(rule).map(({ change }) => change)
    const count = (pattern: RegExp): number => [...rule.expr.matchAll(pattern)].length
    const numbers = count(/(?<![\w[.])\d+(?:\.\d+)?(?![\w.])/g)
    expect(changes.filter((change) => /^"[\d.]+" at/.test(change))).toHaveLength(2 * numbers)
    expect(changes.filter((change) => /^"(?:[<>]|==)" at/.test(change)).length).toBeGreaterThanOrEqual(
      count(/ (?:[<>]|==) |^[<>] /gm),
    )
    expect(changes.filter((change) => /^"\d+[mhdw]" at/.test(change))).toHaveLength(2 * count(/(?<!:)\b\d+[mhdw]\b/g))
  })
})

/** The alerts that tests expect something of: some hold one alert against another. */
function namedIn(files: readonly string[]): ReadonlySet<string> {
  const tests = files.flatMap((file) => testsIn(file).tests)
  return new Set(tests.flatMap(({ alert_rule_test }) => alert_rule_test.map(({ alertname }) => alertname)))
}

function mutantName({ change, rule }: Mutant): string {
  return `${rule.labels['severity']}: ${change}`
}

/** Whether the tests of an alert fail with these rules in place of its own. */
async function failing(directory: string, alert: string, rules: readonly AlertRule[]): Promise<boolean> {
  mkdirSync(directory)
  symlinkSync(join(ALERTS, 'tests'), join(directory, 'tests'))
  const text = stringify({ groups: [{ name: alert, rules }] }, { aliasDuplicateObjects: false })
  writeFileSync(join(directory, 'registry-integrity.rules.yaml'), text)
  for (const file of testsOf(alert)) {
    const { code, output } = await runTool('promtool', 'test', 'rules', join(directory, 'tests', file))
    if (/unmarshal|parse error|no such file/.test(output)) throw new Error(output)
    if (code !== 0) return true
  }
  return false
}
