/** One query of a panel. */
export interface Query {
  readonly expr: string
  /** How a series is called, such as `{{reason}}`. */
  readonly legend?: string
  /** Of all that it yields, whatever the value. */
  readonly colour?: string
  /** Drawn as a dashed line: a limit, and not a measurement. */
  readonly dashed?: boolean
}

interface Look {
  /** Width and height on a grid of 24 columns. */
  readonly size: readonly [width: number, height: number]
  readonly unit?: string
  /** Values from which on a colour holds. */
  readonly steps?: readonly (readonly [from: number, colour: string])[]
  /** The colour below the first step; green where it is left out. */
  readonly base?: string
  /** What a value is called, and its colour. */
  readonly names?: Readonly<Record<string, { readonly text: string; readonly colour: string }>>
  /** Columns of a table whose values are URLs to be followed. */
  readonly linked?: readonly string[]
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

function drawn({ kind, title, description, queries, unit, steps, base, names, linked }: Panel): object {
  return {
    type: kind,
    title,
    description,
    datasource: SOURCE,
    targets: queries.map(({ expr, legend }, n) => ({
      refId: refIdOf(n),
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
          steps: [
            { color: base ?? 'green', value: null },
            ...(steps ?? []).map(([value, color]) => ({ color, value })),
          ],
        },
      },
      overrides: [...queries.flatMap(overridesOf), ...(linked ?? []).map(linkedColumn)],
    },
    ...OPTIONS[kind],
  }
}

function refIdOf(n: number): string {
  return String.fromCharCode(65 + n)
}

/** How all that one query yields differs from the rest of its panel. */
function overridesOf({ colour, dashed }: Query, n: number): object[] {
  const properties = [
    ...(colour === undefined ? [] : [{ id: 'color', value: { mode: 'fixed', fixedColor: colour } }]),
    ...(dashed === true ? [{ id: 'custom.lineStyle', value: { fill: 'dash', dash: [10, 10] } }] : []),
  ]
  return properties.length === 0 ? [] : [{ matcher: { id: 'byFrameRefID', options: refIdOf(n) }, properties }]
}

/** `:raw`: Grafana would escape the escapes of a URL once more. */
function linkedColumn(name: string): object {
  const link = { title: 'Open', url: `\${__value.raw:raw}`, targetBlank: true }
  return { matcher: { id: 'byName', options: name }, properties: [{ id: 'links', value: [link] }] }
}

function named(names: NonNullable<Look['names']>): object {
  return Object.fromEntries(
    Object.entries(names).map(([value, { text, colour }], index) => [value, { text, color: colour, index }]),
  )
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
