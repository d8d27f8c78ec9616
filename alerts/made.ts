import { readFileSync } from 'node:fs'
import { dashboard } from './dashboard.ts'
import { dashboardConfigMap, prometheusRule } from './operator.ts'

/** The files of this directory that nobody edits, with the text that they should have. */
export function made(): Readonly<Record<string, string>> {
  const rules = readFileSync(new URL('registry-integrity.rules.yaml', import.meta.url), 'utf8')
  const text = json(dashboard())
  return {
    'prometheusrule.yaml': prometheusRule(rules),
    'dashboard.json': text,
    'grafana/dashboard.yaml': dashboardConfigMap(text),
  }
}

/** As the formatter would write it: a list of plain values stands on one line. */
function json(value: object): string {
  const text = JSON.stringify(value, undefined, 2)
  return `${text.replace(/\[\s+((?:"[^"]*"|\d+)(?:,\s+(?:"[^"]*"|\d+))*)\s+\]/g, (_, list: string) => `[${list.replace(/,\s+/g, ', ')}]`)}\n`
}
