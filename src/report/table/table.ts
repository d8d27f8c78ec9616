import type { PastFinding, ScanEvent, TargetInfo, ToldFinding } from '../../check/events.ts'
import type { TagRecord, UncheckedRecord } from '../../check/judge/judge.ts'
import { type RunCounts, resultOf } from '../../check/judge/run-verdict.ts'
import { isSkip } from '../../check/store-error.ts'
import { harmless } from '../escape.ts'
import type { Report, RunFacts, Write } from '../report.ts'
import { findingBlocks } from './findings.ts'
import { type Ink, ink } from './paint.ts'
import { pastLines } from './past.ts'
import { totalsLines } from './totals.ts'
import { uncheckedLines } from './unchecked.ts'
import { count, wrap } from './wrap.ts'

export interface TableStyle {
  readonly color: boolean
  /** Characters in a line. */
  readonly columns: number
}

/** What was collected of one target until its summary comes. */
export interface TableTarget {
  readonly info: TargetInfo
  readonly findings: ToldFinding[]
  readonly tags: TagRecord[]
  readonly unchecked: UncheckedRecord[]
  readonly fixed: PastFinding[]
  readonly stillKnown: PastFinding[]
}

/** For a reader at 3 in the morning: what is broken, for whom, and what to do next. */
export function tableReport(write: Write, style: TableStyle): Report {
  const pen: Pen = { ...style, columns: Math.max(40, Math.min(style.columns, 120)), ink: ink(style.color) }
  let target: TableTarget | undefined
  let skipped = 0
  return {
    take(event: ScanEvent): void {
      if (event.type === 'target')
        target = { info: event.info, findings: [], tags: [], unchecked: [], fixed: [], stillKnown: [] }
      if (!target) return
      if (event.type === 'finding') target.findings.push(event.finding)
      if (event.type === 'tag') target.tags.push(event.record)
      if (event.type === 'fixed') target.fixed.push(event.finding)
      if (event.type === 'still-known') target.stillKnown.push(event.finding)
      if (event.type === 'unchecked') {
        target.unchecked.push(event.record)
        if (isSkip(event.record.because)) skipped++
      }
      if (event.type === 'summary' || event.type === 'unreadable')
        write(`${linesOf(target, event, pen).join('\n')}\n\n`)
    },
    end({ counts }: RunFacts): void {
      write(`${closingLine(counts, skipped, pen)}\n`)
    },
  }
}

/** How lines are drawn. */
export interface Pen {
  readonly columns: number
  readonly ink: Ink
}

type Ending = Extract<ScanEvent, { type: 'summary' | 'unreadable' }>

function linesOf(target: TableTarget, ending: Ending, pen: Pen): string[] {
  const { info } = target
  const head = `${pen.ink.bold(harmless(info.registry))}  ${harmless(info.target)}`
  if (ending.type === 'unreadable')
    return [head, '', ...wrap(`${pen.ink.red('UNREADABLE')}  ${harmless(ending.reason)}`, pen.columns, '  ')]
  return [
    head,
    '',
    ...findingBlocks(target, pen),
    ...pastLines(target, pen),
    ...uncheckedLines(target.unchecked, pen),
    ...totalsLines(target, ending, pen),
  ]
}

/** @param skipped objects and places, of all targets together */
function closingLine(counts: RunCounts, skipped: number, { ink: { red, yellow, green, bold } }: Pen): string {
  switch (resultOf(counts)) {
    case 'damaged':
      return `${bold(red('DAMAGED'))}  regfsck explain CODE shows how to confirm a finding by hand and how to repair it. --output repair=FILE writes all repairs as one script, in order. Nothing was written or deleted.`
    case 'incomplete':
      return `${bold(yellow('INCOMPLETE'))}  not everything could be checked: the registry may still be damaged.`
    case 'warning':
      return `${bold(yellow('WARNING'))}  everything that tags reach is intact, but content that no tag reaches is lost: ${count(counts.lostContent, 'warning')}. The exit code is 0 unless --fail-on warning is given.`
    case 'empty':
      return `${bold(yellow('EMPTY'))}  there is no image, so nothing was checked.`
    case 'clean':
      return `${bold(green('CLEAN'))}  everything that was checked is intact.${skipped === 0 ? '' : ` ${count(skipped, 'object or place', 'objects and places')} above ${skipped === 1 ? 'was' : 'were'} skipped and not checked.`}`
  }
}
