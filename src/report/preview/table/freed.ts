import type { GcAmount, GcRemainder } from '../../../gc/outcome.ts'
import type { CollectionPreview, Preview } from '../../../gc/preview/preview.ts'
import { shortRunName } from '../../../gc/preview/run-name.ts'
import { harmless } from '../../escape.ts'
import { bytes, counted } from '../../html/overview/quantities.ts'
import { groupedBy } from '../../records/finding-groups.ts'
import type { TableLayout } from '../../table/layout.ts'
import { wrap } from '../../table/wrap.ts'

/** Repositories that are listed; the JSON report has all. */
const MOST_REPOSITORIES = 3

/** What each collection would free: by cause, and in which repositories the most. */
export function freedLines({ collections }: Preview, { columns, colors }: TableLayout): string[] {
  const freeing = collections.filter(({ outcome }) => outcome.freed.blobs > 0)
  const groups = groupedBy(freeing, ({ outcome }) => JSON.stringify(outcome.freed))
  const lines = [...groups.values()].flatMap((group) => {
    const { freed } = group[0].outcome
    const { untagged, unlinked, uploads, unseen } = freed.byCause
    const causes = [
      part(untagged, 'untagged'),
      part(unlinked, 'linked by nothing'),
      part(uploads, 'of pushes that were never finished'),
      part(unseen, 'of repositories that the engine does not find'),
    ].filter((text) => text !== '')
    const names = group.map(({ outcome }) => shortRunName(outcome.run)).join(', ')
    const sum = `${bytes(freed.bytes)} in ${counted(freed.blobs, 'blob')}`
    return wrap(`${names}: ${sum}: ${causes.join(', ')}. ${largest(freed)}`, columns, '      ', '  ')
  })
  return lines.length === 0 ? [] : [colors.bold('WOULD FREE'), ...lines]
}

function part(amount: GcAmount, words: string): string {
  return amount.blobs === 0 ? '' : `${bytes(amount.bytes)} ${words}`
}

function largest({ byRepository }: CollectionPreview['outcome']['freed']): string {
  const shown = byRepository.slice(0, MOST_REPOSITORIES).map(({ repository, own, shared }) => {
    const others = shared.blobs === 0 ? '' : ` and ${bytes(shared.bytes)} shared`
    return `${harmless(repository)} ${bytes(own.bytes)}${others}`
  })
  return shown.length === 0 ? '' : `Most of it: ${shown.join(', ')}.`
}

/** What stays although one may expect it to go. */
export function staysLines({ collections }: Preview, { columns, colors }: TableLayout): string[] {
  const kinds = new Map<GcRemainder['kind'], GcRemainder>()
  for (const { outcome } of collections)
    for (const remainder of outcome.stays) {
      const known = kinds.get(remainder.kind)
      if (known === undefined || known.count < remainder.count) kinds.set(remainder.kind, remainder)
    }
  const texts = [...kinds.values()].filter(({ count }) => count > 0).map(textOf)
  return texts.length === 0 ? [] : wrap(`${colors.bold('Stays')}: ${texts.join('; ')}.`, columns, '  ')
}

function textOf({ kind, count, bytes: size }: GcRemainder): string {
  switch (kind) {
    case 'orphan-layer-links':
      return `${counted(count, 'layer link')} without a blob, which no version deletes`
    case 'uploads':
      return `${counted(count, 'unfinished upload')} (${bytes(size)}), which only the running registry purges`
    case 'digest-aliases':
      return `${counted(count, 'layer link')} of another algorithm, such as sha512`
  }
}
