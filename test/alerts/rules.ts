import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse, stringify } from 'yaml'

export const ALERTS: string = fileURLToPath(new URL('../../alerts', import.meta.url))
export const RULES: string = join(ALERTS, 'registry-integrity.rules.yaml')
const TESTS = join(ALERTS, 'tests')

export interface AlertRule {
  readonly alert: string
  readonly expr: string
  readonly for?: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<'summary' | 'description' | 'runbook_url', string>>
}

export interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly AlertRule[] }[]
}

/** What a file of promtool tests expects of one alert at one moment. */
interface Expectation {
  readonly eval_time: string
  readonly alertname: string
  readonly exp_alerts?: readonly {
    readonly exp_labels: Readonly<Record<string, string>>
    readonly exp_annotations: Readonly<Record<string, string>>
  }[]
}

export interface TestFile {
  readonly tests: readonly {
    readonly input_series: readonly { readonly series: string }[]
    readonly alert_rule_test: readonly Expectation[]
  }[]
}

export function ruleFile(): RuleFile {
  return parse(readFileSync(RULES, 'utf8'))
}

/** Two rules may share a name, and differ in severity. */
export function alertRules(): readonly AlertRule[] {
  return ruleFile().groups.flatMap(({ rules }) => rules)
}

export function alertNames(): readonly string[] {
  return [...new Set(alertRules().map(({ alert }) => alert))].sort()
}

/** The promtool tests of one alert: `<Alert>.yaml`, and `<Alert>.<span>.yaml` where they think in hours; the shortest first. */
export function testsOf(alert: string): readonly string[] {
  return testFiles()
    .filter((file) => file.split('.')[0] === alert)
    .sort((one, other) => one.length - other.length)
}

export function testFiles(): readonly string[] {
  return readdirSync(TESTS).sort()
}

export function testsIn(file: string): TestFile {
  return parse(readFileSync(join(TESTS, file), 'utf8'))
}

/** The rules of the alerts that some tests name: some tests hold one alert against another. */
export function rulesNamedIn(files: readonly string[]): readonly AlertRule[] {
  const tests = files.flatMap((file) => testsIn(file).tests)
  const named = new Set(tests.flatMap(({ alert_rule_test }) => alert_rule_test.map(({ alertname }) => alertname)))
  return alertRules().filter(({ alert }) => named.has(alert))
}

/**
 * Puts the tests beside a file with these rules alone. With all rules, a test takes ten times as long: promtool evaluates each
 * rule at each moment.
 *
 * @param directory is made
 * @returns the directory of the tests
 */
export function testsBeside(rules: readonly AlertRule[], directory: string): string {
  mkdirSync(directory)
  symlinkSync(TESTS, join(directory, 'tests'))
  const text = stringify({ groups: [{ name: 'tested', rules }] }, { aliasDuplicateObjects: false })
  writeFileSync(join(directory, 'registry-integrity.rules.yaml'), text)
  return join(directory, 'tests')
}
