import type { Collection, DamageRecord } from '../builders/faults/random-damage.ts'
import type { History } from '../builders/random-history.ts'
import type { ReportedFinding } from '../command/scan-built.ts'
import type { OracleResults } from './disagreements.ts'
import type { WalkedTag } from './plain-walker.ts'

/** The whole history and both results, for whoever has to find out who is wrong. */
export function describeHistory(history: History, { walked, skopeo, content, shallower }: OracleResults): string {
  return [
    `registry ${history.seed}, again with DIFFERENTIAL_COUNT=1 DIFFERENTIAL_SEED=${history.seed}; left in ${history.root}`,
    ...history.pushes.map(
      ({ repository, tag, node }) => `pushed ${repository}:${tag ?? ''} ${node.kind} ${node.descriptor.digest}`,
    ),
    ...describeCollection('before', history.collectedBefore),
    ...history.ledger.map((line) => `ledger: ${describeDamage(line)}`),
    ...describeCollection('after', history.collectedAfter),
    ...walked.map(describeTag),
    ...(skopeo ? [`skopeo: ${skopeo.repository}:${skopeo.tag} ${skopeo.copied ? 'copied' : skopeo.said}`] : []),
    ...[...shallower, content].flatMap(({ depth, tags, findings }) => [
      ...tags.map(({ repository, tag, verdict }) => `scan, ${depth}: ${repository}:${tag} ${verdict}`),
      ...findings.map((finding) => `scan, ${depth}: ${describeFinding(finding)}`),
    ]),
  ].join('\n')
}

export function describeDamage({
  fault,
  repository,
  tag,
  digest,
  code = 'lawful',
  cause = '',
  aimedAt,
}: DamageRecord): string {
  return `${fault} at ${repository}:${aimedAt?.tag ?? ''}: ${code} ${cause} ${tag ?? digest ?? ''}`
}

export function describeFinding({ code, cause, severity, repository, tag, digest, tags }: ReportedFinding): string {
  return `${severity} ${code} ${cause} ${repository} ${tag ?? digest} [${tags.join(' ')}]`
}

function describeTag({ repository, tag, is, pullable, troubles }: WalkedTag): string {
  const met = troubles.map(({ what, why }) => `${what}: ${why}`)
  return `client: ${repository}:${tag} ${is}${pullable ? '' : ', not pullable'} ${met.join('; ')}`
}

function describeCollection(when: 'before' | 'after', collection: Collection | undefined): string[] {
  if (!collection) return []
  const { deleteUntagged, aborted, swept } = collection
  return [
    `collected ${when} the faults${deleteUntagged ? ' with -m' : ''}: ${aborted ? 'aborted' : [...swept].join(' ')}`,
  ]
}
