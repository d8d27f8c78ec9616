import { median, type Outcome, type Row, verdictOf } from './row.ts'

const HEAD = ['what', 'against', 'goal', 'median', 'min – max', 'median times', 'verdict']

/** The rows as a Markdown table. */
export function table(rows: readonly Row[]): string {
  const lines = [HEAD, HEAD.map(() => '---'), ...rows.map(cells)]
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n')
}

function cells(row: Row): string[] {
  const { what, against, goal, outcome, unit } = row
  const promised = goal === undefined ? '–' : `${goal.is === 'at most' ? '≤' : '≥'} ${goal.value} ${unit}`
  return [what, against, promised, ...figures(outcome, unit), verdictOf(row)]
}

function figures(outcome: Outcome, unit: Row['unit']): string[] {
  if (outcome.is !== 'measured') return ['–', '–', outcome.because.split('\n')[0] ?? '']
  const spread = [Math.min(...outcome.figures), Math.max(...outcome.figures)].map(figure).join(' – ')
  const times = outcome.seconds?.map((seconds) => `${figure(seconds)} s`).join(' : ')
  return [`${figure(median(outcome.figures))} ${unit}`, spread, times ?? '–']
}

/** Three digits that matter, and no exponents. */
function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3)
}
