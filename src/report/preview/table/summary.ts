import type { CollectionPreview, Preview } from '../../../gc/preview/preview.ts'
import { shortRunName } from '../../../gc/preview/run-name.ts'
import { bytes, counted } from '../../html/overview/quantities.ts'
import type { TableLayout } from '../../table/layout.ts'
import { wrap } from '../../table/wrap.ts'

/** One line for each collection: how it would end, what would break, what it would free. */
export function summaryLines({ collections, deployed }: Preview, layout: TableLayout): string[] {
  const { columns, colors } = layout
  const lines = collections.map((collection) => {
    const name = shortRunName(collection.outcome.run).padEnd(NAME)
    return `  ${colors.bold(name)}${verdictWord(collection, layout)}${summaryOf(collection)}`
  })
  const aside = deployed === undefined ? [] : wrap(deployedText(deployed.images, deployed.absent.length), columns, '  ')
  return [...lines, ...aside]
}

const NAME = 8
const WORD = 16

function verdictWord({ verdict }: CollectionPreview, { colors }: TableLayout): string {
  switch (verdict) {
    case 'aborts':
      return colors.red('WOULD STOP'.padEnd(WORD))
    case 'breaks':
      return colors.red('WOULD BREAK'.padEnd(WORD))
    case 'unknown':
      return colors.yellow('UNKNOWN'.padEnd(WORD))
    case 'safe':
      return colors.green('nothing breaks'.padEnd(WORD))
  }
}

function summaryOf(collection: CollectionPreview): string {
  const { outcome, broken, deployed, intended } = collection
  const tags = broken.filter(({ tag }) => tag !== undefined).length
  const digests = broken.length - tags
  const parts = [
    outcome.aborts.length > 0 ? stopText(collection) : '',
    tags > 0 ? `breaks ${counted(tags, 'tag')}` : '',
    digests > 0 ? `${tags > 0 ? '' : 'breaks '}${counted(digests, 'digest')} that can be pulled` : '',
    deployed.length > 0 ? `breaks ${counted(deployed.length, 'deployed image')}` : '',
    intended > 0 ? `deletes ${counted(intended, 'untagged revision')}` : '',
    outcome.freed.blobs > 0
      ? `frees ${bytes(outcome.freed.bytes)} (${counted(outcome.freed.blobs, 'blob')})`
      : outcome.aborts.length > 0
        ? ''
        : 'frees nothing',
  ]
  return parts.filter((part) => part !== '').join('; ')
}

function stopText({ outcome: { aborts } }: CollectionPreview): string {
  const [first] = aborts
  const files = `at ${counted(aborts.length, 'file')}`
  return first?.phase === 'sweep' ? `${files}, after it began to delete` : `${files}, before it deletes anything`
}

function deployedText(images: number, absent: number): string {
  const gone = absent === 0 ? '' : ` ${absent} of them are not stored here now: see regfsck check --from.`
  return `${counted(images, 'deployed image')} of this registry compared.${gone}`
}
