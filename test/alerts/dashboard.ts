import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ALERTS } from './rules.ts'

export interface Panel {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly description?: string
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly datasource?: { readonly uid: string }
  readonly targets?: readonly { readonly refId: string; readonly expr: string; readonly legendFormat: string }[]
  readonly fieldConfig: {
    readonly defaults: {
      readonly mappings?: readonly {
        readonly options: Readonly<Record<string, { readonly text: string; readonly color: string }>>
      }[]
      readonly thresholds: { readonly steps: readonly { readonly color: string; readonly value: number | null }[] }
    }
    readonly overrides: readonly {
      readonly matcher: { readonly id: string; readonly options: string }
      readonly properties: readonly { readonly id: string; readonly value: { readonly fixedColor?: string } }[]
    }[]
  }
}

interface Dashboard {
  readonly panels: readonly Panel[]
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: string }[] }
}

/** As Grafana reads it. */
export const dashboard: Dashboard = JSON.parse(readFileSync(join(ALERTS, 'dashboard.json'), 'utf8'))
export const panels: readonly Panel[] = dashboard.panels.filter(({ type }) => type !== 'row')
export const queries: readonly {
  readonly title: string
  readonly refId: string
  readonly expr: string
  readonly legendFormat: string
}[] = panels.flatMap(({ title, targets = [] }) => targets.map((target) => ({ title, ...target })))

/** What Grafana asks where all is chosen. @param rate what `$__rate_interval` comes to */
export function withoutVariables(expr: string, rate: string = '5m'): string {
  return expr.replaceAll('$__rate_interval', rate).replace(/\$\w+/g, '.*')
}
