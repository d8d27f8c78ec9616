import type { ReadinessIssue } from '../../../gc/outcome.ts'
import type { Preview } from '../../../gc/preview/preview.ts'
import { imageName } from '../../../oci/image-name.ts'
import { harmless } from '../../escape.ts'
import { counted } from '../../html/overview/quantities.ts'
import { groupedBy } from '../../records/finding-groups.ts'
import type { TableLayout } from '../../table/layout.ts'
import { wrap } from '../../table/wrap.ts'
import { some } from '../../text/counts.ts'

const MOST = 3

/** Whether 3.x can serve and collect what is stored. */
export function readinessLines({ readiness, complete }: Preview, layout: TableLayout): string[] {
  const { bold, green, yellow, red } = layout.colors
  if (readiness === undefined) return []
  const title = bold('READY FOR 3.x')
  if (readiness.length === 0)
    return [
      complete
        ? `${title}  ${green('yes')}: it serves and collects everything that is stored here`
        : `${title}  ${yellow('unknown')}: not everything could be read`,
    ]
  const groups = groupedBy(readiness, ({ kind, effect }) => `${kind} ${effect}`)
  return [
    `${title}  ${red('no')}`,
    ...[...groups.values()].flatMap((group) => wrap(textOf(group), layout.columns, '      ', '  ')),
  ]
}

function textOf(group: readonly [ReadinessIssue, ...ReadinessIssue[]]): string {
  const [{ kind, effect }] = group
  const places = group.map(({ repository, tags, path }) =>
    tags.length > 0
      ? some(
          tags.map((tag) => imageName(repository, tag)),
          MOST,
        )
      : repository || path,
  )
  const [one, many] = THINGS[kind]
  return `${counted(group.length, one, many)}: 3.x ${EFFECTS[effect]} (${harmless(some([...new Set(places)], MOST))})`
}

const THINGS: Readonly<Record<ReadinessIssue['kind'], readonly [one: string, many: string]>> = {
  schema1: ['schema 1 manifest', 'schema 1 manifests'],
  'manifest-linked-as-layer': ['manifest linked only as a layer', 'manifests linked only as layers'],
  'layer-link-invalid': ['invalid layer link', 'invalid layer links'],
  'layers-missing': ['repository without _layers', 'repositories without _layers'],
  'tags-missing': ['repository without a tags directory', 'repositories without a tags directory'],
  'manifests-missing': ['repository without _manifests', 'repositories without _manifests'],
}

const EFFECTS: Readonly<Record<ReadinessIssue['effect'], string>> = {
  'not-served': 'does not serve it',
  'collection-aborts': 'stops its collection there',
  'silently-deleted': 'deletes its content and says nothing',
}
