import type { TargetInfo } from '../../check/events.ts'
import type { Finding } from '../../check/findings/finding.ts'
import type { RepairPlan } from '../../check/repair/plan.ts'
import type { RepairStep } from '../../check/repair/step.ts'
import { count } from '../text/counts.ts'
import { comment, MOST_FINDINGS, named } from './text.ts'

/** A registry in the script. */
export interface ScriptTarget {
  readonly info: TargetInfo
  /** More than one if several images of the registry were checked. */
  scans: number
  completeScans: number
  unconfirmed: number
  plan: RepairPlan | undefined
}

/** Comments at the top of the script: the registry, what the steps do, and what they cannot repair. */
export function about({ info, plan, scans, completeScans, unconfirmed }: ScriptTarget): string[] {
  const steps = plan?.steps ?? []
  const counts = DOES.flatMap(({ does, one, many }) => {
    const n = steps.filter(({ step }) => step.does === does).length
    return n === 0 ? [] : [`#   ${counted(n, one, many)}`]
  })
  return [
    '#',
    `# ${comment(info.registry)} (${comment(info.target)})`,
    ...(counts.length > 0 ? ['# What it does, in this order:', ...counts] : ['#   nothing that a script can repair']),
    ...(plan ? beyond(plan.beyond) : []),
    ...(completeScans === scans ? [] : ['# The scan was not complete: there may be more to repair.']),
    ...(unconfirmed > 0
      ? [
          `# ${count(unconfirmed, 'finding was', 'findings were')} seen only once, because the scan was stopped: scan again before you run this.`,
        ]
      : []),
  ]
}

const DOES: readonly { readonly does: RepairStep['does']; readonly one: string; readonly many: string }[] = [
  {
    does: 'save',
    one: 'saves # tag that only a cache still serves',
    many: 'saves # tags that only a cache still serves',
  },
  {
    does: 'quarantine',
    one: 'moves # file to the quarantine directory',
    many: 'moves # files to the quarantine directory',
  },
  { does: 'restart', one: 'restarts the registry, which clears its cache', many: '' },
  { does: 'upload', one: 'uploads # blob that is still stored', many: 'uploads # blobs that are still stored' },
  { does: 'fetch', one: 'fetches # blob from SOURCE', many: 'fetches # blobs from SOURCE' },
  { does: 'push', one: 'pushes # manifest that is still stored', many: 'pushes # manifests that are still stored' },
  { does: 'tag', one: 'restores # tag', many: 'restores # tags' },
  { does: 'copy', one: 'copies # image from SOURCE', many: 'copies # images from SOURCE' },
  { does: 'pull', one: 'pulls # object through the cache', many: 'pulls # objects through the cache' },
  {
    does: 'set-aside',
    one: 'moves # link to the quarantine directory if nothing turns out to need it',
    many: 'moves # links to the quarantine directory if nothing turns out to need them',
  },
  { does: 'check', one: 'checks # image', many: 'checks # images' },
]

function counted(n: number, one: string, many: string): string {
  return (n === 1 ? one : many).replace('#', String(n))
}

function beyond(findings: readonly Finding[]): string[] {
  if (findings.length === 0) return []
  const shown = findings.slice(0, MOST_FINDINGS).map((finding) => `#   ${named(finding)}`)
  const rest = findings.length - shown.length
  return [
    '# A script cannot repair these (see regfsck explain CODE):',
    ...shown,
    ...(rest > 0 ? [`#   and ${rest} more`] : []),
  ]
}
