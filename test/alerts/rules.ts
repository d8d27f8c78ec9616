import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

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
