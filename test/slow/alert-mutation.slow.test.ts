import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import pLimit from 'p-limit'
import { describe, expect, it } from 'vitest'
import {
  ALERTS,
  type AlertRule,
  alertNames,
  alertRules,
  rulesNamedIn,
  testFiles,
  testsBeside,
  testsOf,
} from '../alerts/rules.ts'
import { describeWithPromtool, runTool } from '../alerts/tools.ts'
import { scratch } from '../support/scratch.ts'
import { type Mutant, mutantsOf } from './mutants.ts'

/** Each process takes about a quarter of a second of one processor. */
const AT_ONE_TIME = pLimit(availableParallelism())

describeWithPromtool('a rule that is slightly wrong fails its tests:', () => {
  const directory = scratch()

  it.each(alertNames())('%s', { timeout: 900_000 }, async (alert) => {
    const rules = rulesNamedIn(testsOf(alert))
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

describeWithPromtool('with the whole file of rules', () => {
  it.each(testFiles())('%s passes', { timeout: 300_000 }, async (file) => {
    const { code, output } = await runTool('promtool', 'test', 'rules', join(ALERTS, 'tests', file))
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('SUCCESS') })
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

function mutantName({ change, rule }: Mutant): string {
  return `${rule.labels['severity']}: ${change}`
}

/** Whether the tests of an alert fail with these rules in place of its own. */
async function failing(directory: string, alert: string, rules: readonly AlertRule[]): Promise<boolean> {
  const tests = testsBeside(rules, directory)
  for (const file of testsOf(alert)) {
    const { code, output } = await runTool('promtool', 'test', 'rules', join(tests, file))
    if (/unmarshal|parse error|no such file/.test(output)) throw new Error(output)
    if (code !== 0) return true
  }
  return false
}
