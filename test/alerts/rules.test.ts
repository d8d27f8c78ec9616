import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { made } from '../../alerts/made.ts'
import { FINDING_CODES } from '../../src/check/findings/catalogue.ts'
import { DEPLOYED_CODES } from '../../src/metrics/deployed/deployed-families.ts'
import { scratch } from '../support/scratch.ts'
import { CATALOG_ERRORS, FOREIGN_METRICS, isExported, METRICS, metricsIn } from './catalogue.ts'
import {
  ALERTS,
  alertNames,
  alertRules,
  RULES,
  ruleFile,
  rulesNamedIn,
  testFiles,
  testsBeside,
  testsIn,
} from './rules.ts'
import { describeWithPromtool, runTool } from './tools.ts'

describeWithPromtool('promtool', () => {
  const directory = scratch()

  it('finds no fault with the rules', async () => {
    const { code, output } = await runTool('promtool', 'check', 'rules', '--lint=all', '--lint-fatal', RULES)
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining(`${alertRules().length} rules found`) })
  })

  // alert-mutation.slow.test.ts runs those that simulate hours, days and weeks, and all of them with the whole file of rules.
  it.each(testFiles().filter((file) => !/\.(?:hours|days|weeks)\.yaml$/.test(file)))('sees %s pass', async (file) => {
    const tests = testsBeside(rulesNamedIn([file]), join(directory, file))
    const { code, output } = await runTool('promtool', 'test', 'rules', join(tests, file))
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('SUCCESS') })
  })
})

describe('the rules', () => {
  it('hold the three alerts that others build upon', () => {
    const promised = ['RegistryManifestIntegrityFailure', 'RegistryIntegrityProbeStale', 'RegistryCatalogInaccessible']
    expect(alertNames()).toEqual(expect.arrayContaining(promised))
  })

  it('have names that begin with Registry, Deployed or Running', () => {
    expect(alertNames().filter((name) => !/^(?:Registry|Deployed|Running)(?:[A-Z][a-z]+)+$/.test(name))).toEqual([])
  })

  it.each(alertRules())('$alert ($labels.severity) has one severity and no label that could change', ({ labels }) => {
    expect([{ severity: 'critical' }, { severity: 'warning' }]).toContainEqual(labels)
  })

  it.each(alertRules())(
    '$alert ($labels.severity) uses metrics that are exported, and functions of Prometheus 2.42',
    ({ alert, expr, annotations, ...more }) => {
      const promql = [expr, ...Object.values(annotations).flatMap(queriesIn)]
      expect(metricsIn(expr)).not.toEqual([])
      expect(promql.flatMap(metricsIn).filter((name) => !isExported(name))).toEqual([])
      expect(Object.keys(more).filter((key) => !['for', 'labels'].includes(key))).toEqual([])
    },
  )

  it.each(alertRules())('$alert ($labels.severity) groups by labels that its metrics have', ({ expr, annotations }) => {
    for (const promql of [expr, ...Object.values(annotations).flatMap(queriesIn)]) {
      const everywhere = ['registry', 'profile', 'shard', 'instance', 'pod', 'container', 'endpoint']
      const theirs = metricsIn(promql).flatMap(labelsOf)
      expect(groupedBy(promql).filter((label) => !everywhere.includes(label) && !theirs.includes(label))).toEqual([])
    }
  })

  it('aggregate over pods with the same list of labels', () => {
    const lists = alertRules().flatMap(({ expr }) => expr.match(/without \([^)]*\binstance[^)]*\)/g) ?? [])
    expect(lists.length).toBeGreaterThan(alertNames().length)
    expect(lists.filter((list) => !list.endsWith('instance, pod, container, endpoint)'))).toEqual([])
  })

  it('know only findings and reasons that there are', () => {
    const lists = alertRules().flatMap(({ expr }) => [...expr.matchAll(/(\w+)\{reason=~?"([^"]+)"\}/g)])
    expect(lists.length).toBeGreaterThan(0)
    for (const [, metric = '', list = ''] of lists) {
      const known = REASONS[metric] ?? CATALOG_ERRORS
      expect(list.split('|').filter((word) => !known.includes(word))).toEqual([])
    }
  })

  it('do not depend on how fresh the data is before they report damage', () => {
    const damage = ruleFile().groups.find(({ name }) => name === 'registry-integrity-damage')?.rules ?? []
    expect(damage).toHaveLength(3)
    expect(damage.filter(({ expr }) => /timestamp|run_success|time\(\)/.test(expr))).toEqual([])
  })
})

describe('the tests of the rules', () => {
  it('make every series of a metric that is exported, with labels that it has', () => {
    const series = testFiles().flatMap((file) => testsIn(file).tests.flatMap(({ input_series }) => input_series))
    const wrong = series.filter(({ series }) => {
      const [, name = '', labels = ''] = /^(\w+)\{(.*)\}$/.exec(series) ?? []
      const allowed = [...EVERY_SCRAPE, ...labelsOf(name)]
      return name !== 'up' && !(isExported(name) && labelNames(labels).every((label) => allowed.includes(label)))
    })
    expect(wrong).toEqual([])
  })

  it.each(alertRules())(
    'see $alert ($labels.severity) fire, with all its annotations, and stay silent',
    ({ alert, labels }) => {
      const expectations = testFiles()
        .flatMap((file) => testsIn(file).tests.flatMap(({ alert_rule_test }) => alert_rule_test))
        .filter(({ alertname }) => alertname === alert)
      const firing = expectations.flatMap(({ exp_alerts }) => exp_alerts ?? [])
      expect(firing.filter(({ exp_labels }) => exp_labels['severity'] === labels['severity'])).not.toEqual([])
      expect(expectations.filter(({ exp_alerts }) => exp_alerts === undefined)).not.toEqual([])
      for (const { exp_annotations } of firing)
        expect(Object.keys(exp_annotations).sort()).toEqual(['description', 'runbook_url', 'summary'])
    },
  )

  it('expect no annotation with a hole in it', () => {
    const texts = testFiles().map((file) => readFileSync(join(ALERTS, 'tests', file), 'utf8'))
    expect(texts.filter((text) => /<no value>|\{\{|error expanding|%!/.test(text))).toEqual([])
  })
})

describe('what is made from the rules', () => {
  it.each(Object.entries(made()))('%s is up to date (npx tsx alerts/make.ts)', (name, text) => {
    expect(readFileSync(join(ALERTS, name), 'utf8')).toBe(text)
  })

  it('says the same to the operator as to Prometheus', () => {
    const resource = parse(readFileSync(join(ALERTS, 'prometheusrule.yaml'), 'utf8'))
    expect(resource).toMatchObject({ apiVersion: 'monitoring.coreos.com/v1', kind: 'PrometheusRule' })
    expect(resource.spec).toEqual(ruleFile())
  })
})

const REASONS: Readonly<Record<string, readonly string[]>> = {
  registry_integrity_failures: FINDING_CODES,
  registry_integrity_deployed_findings: DEPLOYED_CODES,
}
const EVERY_SCRAPE = ['job', 'namespace', 'registry', 'profile', 'shard', 'instance', 'pod', 'container', 'endpoint']

/** The PromQL that a template runs. */
function queriesIn(template: string): readonly string[] {
  return [...template.matchAll(/query (?:\(printf )?`([^`]*)`/g)].map(([, promql = '']) => promql)
}

function labelsOf(metric: string): readonly string[] {
  return METRICS[metric.replace(/^registry_integrity_/, '')] ?? FOREIGN_METRICS[metric] ?? []
}

function groupedBy(promql: string): readonly string[] {
  return [...promql.matchAll(/\b(?:without|by) \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(', '))
}

function labelNames(labels: string): readonly string[] {
  return [...labels.matchAll(/(\w+)="/g)].map(([, name = '']) => name)
}
