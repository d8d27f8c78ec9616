import type { ScanEvent } from '../../check/events.ts'
import { type RunCounts, resultOf } from '../../check/judge/run-verdict.ts'
import { isSkip } from '../../check/store-error.ts'
import { harmless } from '../escape.ts'
import { TargetCollector } from '../records/target-records.ts'
import type { Report, RunFacts, Write } from '../report.ts'
import { count } from '../text/counts.ts'
import { intactImageLines, isIntactImage, servedByLines, usedByLines } from './deployed-image.ts'
import { findingBlocks } from './findings.ts'
import { colorsFor, type TableLayout } from './layout.ts'
import { pastLines } from './past.ts'
import { PullNotes } from './pull-notes.ts'
import { totalsLines } from './totals.ts'
import { uncheckedLines } from './unchecked.ts'
import { wrap } from './wrap.ts'

/** How the caller wants the table. */
export interface TableStyle {
  readonly color: boolean
  /** Characters in a line; at least 40 and at most 120 are used. */
  readonly columns: number
  /** A command that has other outputs, if the one that writes the table has none: `regfsck check --from FILE`. */
  readonly commandWithOutputs?: string | undefined
}

/** The report for a terminal: what is broken, which tags it affects, and what to do next. */
export function tableReport(write: Write, style: TableStyle): Report {
  const layout: TableLayout = {
    columns: Math.max(40, Math.min(style.columns, 120)),
    colors: colorsFor(style.color),
    outputFlag: style.commandWithOutputs === undefined ? '--output' : `${style.commandWithOutputs} --output`,
  }
  let target: TargetCollector | undefined
  let skipped = 0
  let isOfDeployed = false
  const pulls = new PullNotes()
  return {
    take(event: ScanEvent): void {
      if (event.type === 'target') {
        target = new TargetCollector(event.info)
        isOfDeployed ||= event.info.kind === 'references'
      }
      if (!target) return
      target.take(event)
      if (event.type !== 'summary' && event.type !== 'unreadable') return
      if (event.type === 'summary') pulls.add(event.pulls ?? [])
      skipped += target.unchecked.filter(({ because }) => isSkip(because)).length
      write(`${linesOf(target, layout).join('\n')}\n\n`)
    },
    end({ counts }: RunFacts): void {
      for (const line of pulls.lines) write(`${line}\n`)
      write(`${closingLine(counts, { skipped, isOfDeployed }, layout)}\n`)
    },
  }
}

function linesOf(target: TargetCollector, layout: TableLayout): string[] {
  const { info, end } = target
  const { bold, red } = layout.colors
  const head = [`${bold(harmless(info.registry))}  ${harmless(info.target)}`, '']
  if (end?.type === 'unreadable')
    return [...head, ...wrap(`${red('UNREADABLE')}  ${harmless(end.reason)}`, layout.columns, '  ')]
  if (isIntactImage(target)) return intactImageLines(target, layout)
  return [
    ...head,
    ...usedByLines(info, layout),
    ...servedByLines(target, layout),
    ...findingBlocks(target, layout),
    ...pastLines(target, layout),
    ...uncheckedLines(target.unchecked, layout),
    ...(end === undefined ? [] : totalsLines(info, end, layout)),
  ]
}

/**
 * @param about.skipped objects and places of all targets
 * @param about.isOfDeployed whether files named the images
 */
function closingLine(
  counts: RunCounts,
  { skipped, isOfDeployed }: { readonly skipped: number; readonly isOfDeployed: boolean },
  { colors: { red, yellow, green, bold }, outputFlag }: TableLayout,
): string {
  switch (resultOf(counts)) {
    case 'damaged':
      return `${bold(red('DAMAGED'))}  regfsck explain CODE shows how to confirm a finding by hand and how to repair it. ${outputFlag} repair=FILE writes all repairs as one script, in order. Nothing was written or deleted.`
    case 'incomplete':
      return `${bold(yellow('INCOMPLETE'))}  not everything could be checked: ${isOfDeployed ? 'what is deployed may still be broken' : 'the registry may still be damaged'}.`
    case 'warning':
      return `${bold(yellow('WARNING'))}  everything that tags reach is intact, but content that no tag reaches is lost: ${count(counts.lostContent, 'warning')}. The exit code is 0 unless --fail-on warning is given.`
    case 'empty':
      return `${bold(yellow('EMPTY'))}  there are no images, so nothing was checked.`
    case 'clean':
      return `${bold(green('CLEAN'))}  everything that was checked is intact.${skipped === 0 ? '' : ` ${count(skipped, 'object or place', 'objects and places')} above ${skipped === 1 ? 'was' : 'were'} skipped and not checked.`}`
  }
}
