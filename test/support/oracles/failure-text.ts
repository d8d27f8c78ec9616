import type { Collection, Harm } from '../builders/faults/random-damage.ts'
import type { Story } from '../builders/random-history.ts'
import type { ReportedFinding } from '../command/scan-built.ts'
import type { Opinions } from './disagreements.ts'
import type { WalkedTag } from './plain-walker.ts'

/** The whole story and both opinions, for whoever has to find out who is wrong. */
export function toldStory(story: Story, { walked, skopeo, content, shallower }: Opinions): string {
  return [
    `registry ${story.seed}, again with DIFFERENTIAL_COUNT=1 DIFFERENTIAL_SEED=${story.seed}; left in ${story.root}`,
    ...story.pushes.map(
      ({ repository, tag, node }) => `pushed ${repository}:${tag ?? ''} ${node.kind} ${node.descriptor.digest}`,
    ),
    ...toldCollection('before', story.collectedBefore),
    ...story.ledger.map((line) => `ledger: ${toldHarm(line)}`),
    ...toldCollection('after', story.collectedAfter),
    ...walked.map(toldTag),
    ...(skopeo ? [`skopeo: ${skopeo.repository}:${skopeo.tag} ${skopeo.copied ? 'copied' : skopeo.said}`] : []),
    ...[...shallower, content].flatMap(({ depth, tags, findings }) => [
      ...tags.map(({ repository, tag, verdict }) => `scan, ${depth}: ${repository}:${tag} ${verdict}`),
      ...findings.map((finding) => `scan, ${depth}: ${toldFinding(finding)}`),
    ]),
  ].join('\n')
}

export function toldHarm({ fault, repository, tag, digest, code = 'lawful', cause = '', aimedAt }: Harm): string {
  return `${fault} at ${repository}:${aimedAt?.tag ?? ''}: ${code} ${cause} ${tag ?? digest ?? ''}`
}

export function toldFinding({ code, cause, severity, repository, tag, digest, tags }: ReportedFinding): string {
  return `${severity} ${code} ${cause} ${repository} ${tag ?? digest} [${tags.join(' ')}]`
}

function toldTag({ repository, tag, is, pullable, troubles }: WalkedTag): string {
  const met = troubles.map(({ what, why }) => `${what}: ${why}`)
  return `client: ${repository}:${tag} ${is}${pullable ? '' : ', not pullable'} ${met.join('; ')}`
}

function toldCollection(when: 'before' | 'after', collection: Collection | undefined): string[] {
  if (!collection) return []
  const { deleteUntagged, aborted, swept } = collection
  return [
    `collected ${when} the faults${deleteUntagged ? ' with -m' : ''}: ${aborted ? 'aborted' : [...swept].join(' ')}`,
  ]
}
