import type { ReportedFinding } from '../../../check/events.ts'
import { type BrokenImage, brokenImages } from '../../../gc/preview/broken-images.ts'
import type { Preview } from '../../../gc/preview/preview.ts'
import { shortRunName } from '../../../gc/preview/run-name.ts'
import { imageName } from '../../../oci/image-name.ts'
import { harmless } from '../../escape.ts'
import { counted } from '../../html/overview/quantities.ts'
import { groupedBy } from '../../records/finding-groups.ts'
import type { TableLayout } from '../../table/layout.ts'
import { wrap } from '../../table/wrap.ts'
import { some } from '../../text/counts.ts'
import { platformName } from '../../text/platform-name.ts'

/** Groups that are listed; the JSON report has all. */
const MOST_GROUPS = 5
const MOST_NAMES = 4
const MOST_PLATFORMS = 4
const MOST_USES = 2

/** What would break, deployed images first, and through which object. */
export function brokenLines(preview: Preview, findings: readonly ReportedFinding[], layout: TableLayout): string[] {
  const images = brokenImages(preview)
  if (images.length === 0) return []
  const { red, bold } = layout.colors
  const groups = [...groupedBy(images, groupOf).values()]
  const more = groups.slice(MOST_GROUPS).reduce((sum, group) => sum + group.length, 0)
  return [
    `${bold(red('WOULD BREAK'))}  ${countsOf(images)}`,
    ...groups.slice(0, MOST_GROUPS).flatMap((group) => linesOf(group, layout)),
    ...(more > 0 ? [`  and ${counted(more, 'more image')}; --output json lists all`] : []),
    ...adviceIn(findings).flatMap((why) => wrap(`${bold('What to do')}: ${why}`, layout.columns, '  ')),
  ]
}

/** Images of one repository that break in the same way share two lines; each that is deployed has its own. */
function groupOf({ breakage, runs, usedBy }: BrokenImage): string {
  const { repository, tag, digest, becomes, platforms } = breakage
  const own = usedBy.length > 0 ? [tag, digest] : []
  return JSON.stringify([repository, tag === undefined, becomes, platforms, runs, own])
}

/** Each advice once. */
function adviceIn(findings: readonly ReportedFinding[]): readonly string[] {
  const breaks = findings.filter(({ code }) => code === 'gc-would-break')
  return [...new Set(breaks.map(({ repair }) => repair.why))]
}

function countsOf(images: readonly BrokenImage[]): string {
  const tags = images.filter(({ breakage: { tag } }) => tag !== undefined).length
  const repositories = new Set(images.map(({ breakage: { repository } }) => repository)).size
  const kinds = [
    tags > 0 ? counted(tags, 'tag') : '',
    tags < images.length ? counted(images.length - tags, 'digest') : '',
  ].filter((kind) => kind !== '')
  return `${kinds.join(' and ')} in ${counted(repositories, 'repository', 'repositories')} that can be pulled now`
}

function linesOf(group: readonly [BrokenImage, ...BrokenImage[]], { columns, colors }: TableLayout): string[] {
  const [{ breakage, runs, usedBy }] = group
  const { becomes, platforms, through } = breakage
  const objects = group.reduce((sum, each) => sum + each.breakage.through.length, 0)
  const [first] = through
  const rest = objects > 1 ? `, and ${counted(objects - 1, 'more object')}` : ''
  const object =
    first === undefined ? '' : `through ${first.is} ${first.digest}, which loses its ${LOSES[first.loses]}${rest}`
  const lost = harmless(some(platforms.map(platformName), MOST_PLATFORMS))
  const detail = [lost, object].filter((part) => part !== '').join(', ')
  const needed = usedBy.length === 0 ? '' : `Needed by ${harmless(some(usedBy, MOST_USES))}.`
  const state = becomes === 'degraded' ? colors.yellow(WORDS.degraded) : colors.red(WORDS[becomes])
  return [
    `  ${colors.bold(harmless(namesOf(group)))}  ${state} with ${runs.map(shortRunName).join(', ')}`,
    ...wrap([detail === '' ? '' : `${detail}.`, needed].filter((part) => part !== '').join(' '), columns, '      '),
  ]
}

/** `team/app:latest`, or `team/app: 50 tags (1.0, 1.1 and 48 more)`. */
function namesOf(group: readonly [BrokenImage, ...BrokenImage[]]): string {
  const [{ breakage }] = group
  const { repository, tag, digest } = breakage
  if (group.length === 1) return imageName(repository, tag ?? digest)
  if (tag === undefined) return `${repository}: ${counted(group.length, 'digest')}`
  const names = group.map((each) => each.breakage.tag ?? '')
  return `${repository}: ${counted(group.length, 'tag')} (${some(names, MOST_NAMES)})`
}

const WORDS = {
  gone: 'will be gone',
  unpullable: 'cannot be pulled any more',
  degraded: 'loses platforms',
} as const
const LOSES = { revision: 'revision', blob: 'content', 'layer-link': 'layer link' } as const
