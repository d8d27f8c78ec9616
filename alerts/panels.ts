/** One query of a panel. */
export interface Query {
  readonly expr: string
  /** How a series is called, such as `{{reason}}`. */
  readonly legend?: string
}

interface Look {
  /** Width and height on a grid of 24 columns. */
  readonly size: readonly [width: number, height: number]
  readonly unit?: string
  /** Values from which on a colour holds; below the first it is green. */
  readonly steps?: readonly (readonly [from: number, colour: string])[]
  /** What a value is called. */
  readonly names?: Readonly<Record<string, string>>
}

export interface Panel extends Look {
  readonly kind: 'stat' | 'timeseries' | 'table'
  readonly title: string
  readonly description: string
  readonly queries: readonly Query[]
}

export interface Row {
  readonly title: string
  readonly panels: readonly Panel[]
}

const COLUMNS = 24
const SOURCE = { type: 'prometheus', uid: '$datasource' }

/** Rows as Grafana wants them: numbered, and laid out from left to right, top to bottom. */
export function laidOut(rows: readonly Row[]): object[] {
  const out: object[] = []
  let y = 0
  for (const { title, panels } of rows) {
    out.push({
      id: out.length + 1,
      type: 'row',
      title,
      collapsed: false,
      gridPos: { x: 0, y, w: COLUMNS, h: 1 },
      panels: [],
    })
    y += 1
    let x = 0
    let height = 0
    for (const panel of panels) {
      const [w, h] = panel.size
      if (x + w > COLUMNS) {
        y += height
        x = 0
        height = 0
      }
      out.push({ id: out.length + 1, ...drawn(panel), gridPos: { x, y, w, h } })
      x += w
      height = Math.max(height, h)
    }
    y += height
  }
  return out
}

function drawn({ kind, title, description, queries, unit, steps, names }: Panel): object {
  return {
    type: kind,
    title,
    description,
    datasource: SOURCE,
    targets: queries.map(({ expr, legend }, n) => ({
      refId: String.fromCharCode(65 + n),
      datasource: SOURCE,
      expr,
      legendFormat: legend ?? '__auto',
      ...(kind === 'timeseries' ? { range: true } : { instant: true, range: false }),
      ...(kind === 'table' ? { format: 'table' } : {}),
    })),
    fieldConfig: {
      defaults: {
        ...(unit === undefined ? {} : { unit }),
        ...(names === undefined ? {} : { mappings: [{ type: 'value', options: named(names) }] }),
        thresholds: {
          mode: 'absolute',
          steps: [{ color: 'green', value: null }, ...(steps ?? []).map(([value, color]) => ({ color, value }))],
        },
      },
      overrides: [],
    },
    ...OPTIONS[kind],
  }
}

function named(names: Readonly<Record<string, string>>): object {
  return Object.fromEntries(Object.entries(names).map(([value, text], index) => [value, { text, index }]))
}

const OPTIONS = {
  stat: {
    options: {
      colorMode: 'background',
      graphMode: 'none',
      textMode: 'auto',
      reduceOptions: { calcs: ['lastNotNull'] },
    },
  },
  timeseries: { options: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi' } } },
  table: {
    options: { showHeader: true },
    transformations: [{ id: 'organize', options: { excludeByName: { Time: true } } }],
  },
} as const
