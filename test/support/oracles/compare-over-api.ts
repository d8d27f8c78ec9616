import type { BuiltScan } from '../command/scan-built.ts'
import type { Trouble, WalkedTag } from './plain-walker.ts'

/** What both sides saw of one running registry. */
interface Seen {
  readonly scan: BuiltScan
  readonly walked: readonly WalkedTag[]
  /** Whether a scan of that depth can see what a client met. */
  readonly isSeen: (repository: string, trouble: Trouble) => boolean
}

/** Over the API, what a client cannot have is damaged; where the server fails instead of answering, nobody can tell. */
export function apiDisagreements(server: string, { scan, walked, isSeen }: Seen): string[] {
  const said = new Map(scan.tags.map((each) => [nameOf(each), each.verdict]))
  const about = `${server} at depth ${scan.depth}`
  const names = new Set(walked.map(nameOf))
  const failed = walked.some(({ troubles }) => troubles.some(({ is }) => is === 'refused'))
  return [
    ...[...said.keys()].filter((name) => !names.has(name)).map((name) => `${about}: only the scan lists ${name}`),
    ...walked.flatMap((each) => {
      const seen = each.troubles.filter((trouble) => isSeen(each.repository, trouble))
      const verdict = said.get(nameOf(each)) ?? 'nothing'
      const fits = seen.some(({ is }) => is === 'broken')
        ? verdict === 'degraded' || verdict === 'unpullable'
        : verdict === (seen.length > 0 ? 'unchecked' : 'intact')
      return fits ? [] : [`${about}: ${nameOf(each)} is ${each.is} to a client, and ${verdict} to the scan`]
    }),
    ...(scan.complete || failed ? [] : [`${about}: the scan calls itself incomplete`]),
  ]
}

function nameOf({ repository, tag }: { readonly repository: string; readonly tag: string }): string {
  return `${repository}:${tag}`
}
