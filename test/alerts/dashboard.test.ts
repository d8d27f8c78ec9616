import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { scratch } from '../support/scratch.ts'
import { isExported, metricsIn } from './catalogue.ts'
import { ALERTS } from './rules.ts'
import { describeWithPromtool, told } from './tools.ts'

interface Panel {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly description?: string
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly datasource?: { readonly uid: string }
  readonly targets?: readonly { readonly refId: string; readonly expr: string; readonly legendFormat: string }[]
}

interface Dashboard {
  readonly panels: readonly Panel[]
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: string }[] }
}

const dashboard: Dashboard = JSON.parse(readFileSync(join(ALERTS, 'dashboard.json'), 'utf8'))
const panels = dashboard.panels.filter(({ type }) => type !== 'row')
const queries = panels.flatMap(({ title, targets = [] }) => targets.map((target) => ({ title, ...target })))

describe('the dashboard', () => {
  it('has a row for each question', () => {
    const rows = dashboard.panels.filter(({ type }) => type === 'row').map(({ title }) => title)
    expect(rows).toEqual(['Overview', 'Freshness', 'Findings', 'Coverage', 'Probe'])
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

  it('lets data source, registry and profile be chosen, and asks for nothing else', () => {
    expect(dashboard.templating.list.map(({ name }) => name)).toEqual(['datasource', 'registry', 'profile'])
    expect(panels.filter(({ datasource }) => datasource?.uid !== '$datasource')).toEqual([])
    const selectors = queries.flatMap(({ expr }) => expr.match(/registry_integrity_\w+(?:\{[^}]*\})?/g) ?? [])
    expect(selectors.filter((one) => !one.endsWith('{registry=~"$registry",profile=~"$profile"}'))).toEqual([])
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
    const rules = expressions.map((expr, n) => ({ record: `panel:query:${n}`, expr: expr.replace(/\$\w+/g, '.*') }))
    const file = join(directory, 'dashboard.rules.yaml')
    mkdirSync(directory, { recursive: true })
    writeFileSync(file, stringify({ groups: [{ name: 'dashboard', rules }] }))
    return told('promtool', 'check', 'rules', file)
  }
})
