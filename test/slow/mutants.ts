import type { AlertRule } from '../alerts/rules.ts'

export interface Mutant {
  /** What was changed, for the message of the test that it survives. */
  readonly change: string
  readonly rule: AlertRule
}

/**
 * Every way to get one rule slightly wrong.
 *
 * Thresholds and factors by a tenth (0 by one), times by a tenth or a minute, each comparison, set operator and aggregation
 * turned into its neighbour, of each list of labels one forgotten, not always the same, each alternative of a list left out.
 */
export function mutantsOf(rule: AlertRule): readonly Mutant[] {
  return [
    ...expressionsLike(rule.expr).map(({ change, expr }) => ({ change, rule: { ...rule, expr } })),
    ...waits(rule),
  ]
}

interface Change {
  readonly change: string
  readonly expr: string
}

/** What to look for, and what it may become. */
type Operator = readonly [pattern: RegExp, becomes: (found: string, n: number) => readonly string[]]

const OPERATORS: readonly Operator[] = [
  [/(?<=[<>=*+(,] *\n? *|^)(?<![\w"])\d+(?:\.\d+)?(?![\w.\]])/gm, (number) => near(Number(number))],
  [/(?<=[ \n)])(?:[<>]|==|!=)(?= )/g, (comparison) => COMPARISONS[comparison] ?? []],
  [/\b(?:and|or|unless)\b/g, (word) => ['and', 'or', 'unless'].filter((other) => other !== word)],
  [/\b(?:sum|max|min)(?= (?:without|by) )/g, (word) => AGGREGATIONS[word] ?? []],
  [/(?<=\[|offset )\d+[mhdw]/g, (span) => nearSpan(span)],
  [/(?<=(?:without|by) )\([^)]*\)/g, (list, n) => shorter(list, ', ', '(', ')').slice(n % 4, (n % 4) + 1)],
  [/"[^"]*\|[^"]*"/g, (list) => shorter(list, '|', '"', '"')],
  [/\{job="[^"]*"\}/g, () => ['']],
]

const COMPARISONS: Readonly<Record<string, readonly string[]>> = {
  '>': ['>=', '<'],
  '<': ['<=', '>'],
  '==': ['!='],
  '!=': ['=='],
}

const AGGREGATIONS: Readonly<Record<string, readonly string[]>> = { sum: ['min'], max: ['min'], min: ['max'] }

function expressionsLike(expr: string): readonly Change[] {
  return OPERATORS.flatMap(([pattern, becomes]) =>
    [...expr.matchAll(pattern)].flatMap(({ 0: found, index }, n) =>
      becomes(found, n).map((other) => ({
        change: `${JSON.stringify(found)} at ${index} became ${JSON.stringify(other)}`,
        expr: `${expr.slice(0, index)}${other}${expr.slice(index + found.length)}`,
      })),
    ),
  )
}

function waits(rule: AlertRule): readonly Mutant[] {
  if (rule.for === undefined) return [{ change: 'waits a minute', rule: { ...rule, for: '1m' } }]
  const minutes = minutesIn(rule.for)
  return [minutes - 1, minutes + 1].map((other) => ({
    change: `for: ${minutes}m became ${other}m`,
    rule: { ...rule, for: `${other}m` },
  }))
}

function near(number: number): readonly string[] {
  const others = number <= 1 && Number.isInteger(number) ? [number - 1, number + 1] : [number * 0.9, number * 1.1]
  return others.map((other) => String(Number(other.toFixed(3))))
}

function nearSpan(span: string): readonly string[] {
  return [0.9, 1.1].map((factor) => `${Math.round(minutesIn(span) * factor)}m`)
}

/** The list without one of its parts, for each of them; a list of one part is left alone. */
function shorter(list: string, comma: string, open: string, close: string): readonly string[] {
  const parts = list.slice(1, -1).split(comma)
  if (parts.length === 1) return []
  return parts.map((part) => `${open}${parts.filter((other) => other !== part).join(comma)}${close}`)
}

const MINUTES: Readonly<Record<string, number>> = { m: 1, h: 60, d: 24 * 60, w: 7 * 24 * 60 }

function minutesIn(span: string): number {
  return Number(span.slice(0, -1)) * (MINUTES[span.slice(-1)] ?? Number.NaN)
}
