import type { CollectionVerdict, Preview } from '../../../gc/preview/preview.ts'
import { harmless } from '../../escape.ts'
import { bytes, counted } from '../../html/overview/quantities.ts'
import type { Write } from '../../report.ts'
import { colorsFor, type TableLayout } from '../../table/layout.ts'
import type { TableStyle } from '../../table/table.ts'
import { uncheckedLines } from '../../table/unchecked.ts'
import { wrap } from '../../table/wrap.ts'
import type { PreviewedTarget, PreviewReport, PreviewRun } from '../preview-report.ts'
import { abortLines } from './aborts.ts'
import { brokenLines } from './broken.ts'
import { freedLines, staysLines } from './freed.ts'
import { readinessLines } from './readiness.ts'
import { summaryLines } from './summary.ts'

/** The preview for a terminal: would it stop, what would break, what would be freed, is the storage ready for 3.x. */
export function previewTable(write: Write, style: TableStyle): PreviewReport {
  const layout: TableLayout = {
    columns: Math.max(40, Math.min(style.columns, 120)),
    colors: colorsFor(style.color),
    outputFlag: '--output',
  }
  return {
    take(target: PreviewedTarget): void {
      write(`${linesOf(target, layout).join('\n')}\n\n`)
    },
    end({ verdict }: PreviewRun): void {
      write(`${wrap(closingLine(verdict, layout), layout.columns, '').join('\n')}\n`)
    },
  }
}

function linesOf(target: PreviewedTarget, layout: TableLayout): string[] {
  const { bold, red } = layout.colors
  if (target.is === 'unreadable')
    return [
      `${bold(harmless(target.registry))}  ${harmless(target.target)}`,
      '',
      ...wrap(`${red('UNREADABLE')}  ${harmless(target.reason)}`, layout.columns, '  '),
    ]
  const { preview, findings } = target
  return sections([
    [`${bold(harmless(preview.registry))}  ${harmless(preview.target)}  ${storedText(preview)}`],
    uncheckedLines(preview.unchecked, layout).slice(0, -1),
    summaryLines(preview, layout),
    abortLines(findings, layout),
    brokenLines(preview, findings, layout),
    [...freedLines(preview, layout), ...staysLines(preview, layout)],
    readinessLines(preview, layout),
  ])
}

function storedText({ stored: { repositories, tags, blobs, bytes: size } }: Preview): string {
  return `${counted(repositories, 'repository', 'repositories')}, ${counted(tags, 'tag')}, ${counted(blobs, 'blob')} (${bytes(size)})`
}

function sections(parts: readonly (readonly string[])[]): string[] {
  return parts.filter((lines) => lines.length > 0).flatMap((lines, n) => (n === 0 ? lines : ['', ...lines]))
}

function closingLine(verdict: CollectionVerdict, { colors: { red, yellow, green, bold } }: TableLayout): string {
  switch (verdict) {
    case 'breaks':
      return `${bold(red('WOULD BREAK'))}  Do not run a collection that is marked so. regfsck explain gc-would-break says what to do first. ${PICTURE}`
    case 'aborts':
      return `${bold(red('WOULD STOP'))}  A collection that is marked so ends with an error before it is done. regfsck explain gc-would-abort says what to do first. ${PICTURE}`
    case 'unknown':
      return `${bold(yellow('UNKNOWN'))}  Not everything could be read, so no collection is known to be safe. ${PICTURE}`
    case 'safe':
      return `${bold(green('NOTHING BREAKS'))}  No tag, and no deployed image that was named, would break. ${PICTURE}`
  }
}

const PICTURE = 'This is a picture of one moment: stop writes before you collect. Nothing was written or deleted.'
