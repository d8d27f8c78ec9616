import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { scratch } from '../support/scratch.ts'
import { isExported, metricsIn } from './catalogue.ts'
import { dashboard, type Panel, panels, queries, withoutVariables } from './dashboard.ts'
import { ALERTS } from './rules.ts'
import { describeWithPromtool, runTool } from './tools.ts'

describe('the dashboard', () => {
  it('has a row for each question', () => {
    const rows = dashboard.panels.filter(({ type }) => type === 'row').map(({ title }) => title)
    expect(rows).toEqual(['Overview', 'Freshness', 'Findings', 'Coverage', 'Probe', 'Deployed images', 'regfsck serve'])
  })

  it('numbers its panels, names each once, and explains it', () => {
    expect(dashboard.panels.map(({ id }) => id)).toEqual(dashboard.panels.map((_, n) => n + 1))
    expect(new Set(dashboard.panels.map(({ title }) => title)).size).toBe(dashboard.panels.length)
    expect(panels.filter(({ description, targets }) => !description || !targets?.length)).toEqual([])
  })

  it('lays no panel over another, nor beyond the edge', () => {
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, n) => `${x + (n % w)},${y + Math.floor(n / w)}`),
    )
    expect(new Set(cells).size).toBe(cells.length)
    expect(dashboard.panels.filter(({ gridPos: { x, w } }) => x + w > 24)).toEqual([])
  })

  it('lets data source, registry, profile and what is deployed be chosen, and asks for nothing else', () => {
    expect(dashboard.templating.list.map(({ name }) => name)).toEqual([
      'datasource',
      'registry',
      'profile',
      'references',
    ])
    expect(panels.filter(({ datasource }) => datasource?.uid !== '$datasource')).toEqual([])
    const selectors = queries.flatMap(({ expr }) => expr.match(/registry_integrity_\w+(?:\{[^}]*\})?/g) ?? [])
    const chosen = selectors.filter((one) => !one.startsWith('registry_integrity_config_last_reload_'))
    const isDeployed = (one: string): boolean => one.startsWith('registry_integrity_deployed_')
    const deployed = /\{references=~"\$references"(?:,reason=~"[a-z|-]+")?\}$/
    expect(chosen.filter(isDeployed).filter((one) => !deployed.test(one))).toEqual([])
    const ofRegistries = chosen.filter((one) => !isDeployed(one))
    expect(ofRegistries.filter((one) => !one.endsWith('{registry=~"$registry",profile=~"$profile"}'))).toEqual([])
  })

  it('leaves nothing green that is not well', () => {
    const coloured = panels.filter(({ type }) => type === 'stat')
    expect(Object.fromEntries(coloured.map((panel) => [panel.title, coloursOf(panel)]))).toEqual({
      'Missing or damaged': ['-1 not checked: orange', 'green', '1: red'],
      'Tags that nobody can pull': ['-1 not checked: orange', 'green', '1: red'],
      'Degraded tags': ['-1 not checked: orange', 'green', '1: orange'],
      'Last complete run': ['-1 never: red', 'green', 'A: green', 'B: orange', 'C: red', 'D: red'],
      'Last run': ['0 incomplete: red', '1 complete: green', '-1 none yet: orange', 'green'],
      'Broken since': ['red'],
      'Repositories can be listed': ['0 no: red', '1 yes: green', 'green'],
      'Deployed images that cannot be pulled': ['-1 not checked: orange', 'green', '1: red'],
      'Running images that are gone': ['-1 not checked: orange', 'green', '1: red'],
      'Images that have moved': ['-1 not checked: orange', 'green', '1: orange'],
      'Last complete check of what is deployed': [
        '-1 never: red',
        ...['green', 'A: green', 'B: orange', 'C: red', 'D: red'],
      ],
      'Last check of what is deployed': ['0 incomplete: red', '1 complete: green', '-1 none yet: orange', 'green'],
      Configuration: ['0 rejected: red', '1 in use: green', 'green'],
      'Next run in': ['orange', '0: blue'],
    })
  })

  it('dashes the line that its text calls dashed, and no other', () => {
    const dashed = panels.filter(({ fieldConfig }) => JSON.stringify(fieldConfig).includes('"fill":"dash"'))
    expect(dashed.map(({ title }) => title)).toEqual(['Age of results', 'Duration of a run', 'Duration of a check'])
    expect(panels.filter(({ description }) => description?.includes('dashed'))).toEqual(dashed)
  })

  it.each(['Links', 'Pages of what is deployed'])('%s: the report and the runbooks can be followed', (title) => {
    const { fieldConfig } = panels.find((panel) => panel.title === title) ?? {}
    for (const column of ['report', 'runbooks'])
      expect(fieldConfig?.overrides).toContainEqual({
        matcher: { id: 'byName', options: column },
        properties: [{ id: 'links', value: [{ title: 'Open', url: `\${__value.raw:raw}`, targetBlank: true }] }],
      })
  })

  it('is a ConfigMap that the sidecar of Grafana finds', () => {
    const { kind, metadata, data } = parse(readFileSync(join(ALERTS, 'grafana/dashboard.yaml'), 'utf8'))
    expect({ kind, labels: metadata.labels }).toEqual({
      kind: 'ConfigMap',
      labels: { 'app.kubernetes.io/name': 'regfsck', grafana_dashboard: '1' },
    })
    expect(JSON.parse(data['regfsck.json'])).toEqual(dashboard)
  })

  it('uses metrics that are exported', () => {
    const names = [...queries.map(({ expr }) => expr), ...dashboard.templating.list.map(({ query }) => query)]
    expect(names.flatMap(metricsIn).filter((name) => !isExported(name))).toEqual([])
  })

  it.each(queries)('$title ($refId) names series after labels that its query keeps', ({ expr, legendFormat }) => {
    const kept = /\b(?:sum|max|min|group) by \(([^)]*)\)/.exec(expr)?.[1]?.split(', ') ?? []
    const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label)
    expect(kept).not.toEqual([])
    expect(shown.filter((label) => !kept.includes(label))).toEqual([])
  })
})

/** Each colour that a value can have, and when. */
function coloursOf({ fieldConfig: { defaults, overrides } }: Panel): readonly string[] {
  const named = (defaults.mappings ?? []).flatMap(({ options }) =>
    Object.entries(options).map(([value, { text, color }]) => `${value} ${text}: ${color}`),
  )
  const steps = defaults.thresholds.steps.map(({ color, value }) => (value === null ? color : `${value}: ${color}`))
  const fixed = overrides.flatMap(({ matcher, properties }) =>
    properties.filter(({ id }) => id === 'color').map(({ value }) => `${matcher.options}: ${value.fixedColor}`),
  )
  return [...named, ...steps, ...fixed]
}

describeWithPromtool('promtool understands', () => {
  const directory = scratch()

  it('every query of the dashboard', async () => {
    const { code, output } = await checked(queries.map(({ expr }) => expr))
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining(`${queries.length} rules found`) })
  })

  it('when a query is broken', async () => {
    const { code, output } = await checked(queries.map(({ expr }) => expr.replace(/\)$/, '')))
    expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining('could not parse expression') })
  })

  /** promtool 2.42 checks no single expression, so each becomes a rule. */
  async function checked(expressions: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
    const rules = expressions.map((expr, n) => ({ record: `panel:query:${n}`, expr: withoutVariables(expr) }))
    const file = join(directory, 'dashboard.rules.yaml')
    mkdirSync(directory, { recursive: true })
    writeFileSync(file, stringify({ groups: [{ name: 'dashboard', rules }] }))
    return runTool('promtool', 'check', 'rules', file)
  }
})
