import type { ReportedFinding } from '../../check/events.ts'
import type { FindingCode } from '../../check/findings/code.ts'
import { useText } from '../../check/findings/phrases.ts'
import { isConfirmedError } from '../../check/judge/run-verdict.ts'
import type { Use } from '../../check/use.ts'
import { imageName } from '../../oci/image-name.ts'
import type { TargetRecords } from '../records/target-records.ts'
import { some } from '../text/counts.ts'
import { SEEN_ONCE } from '../text/seen-once.ts'
import type { Descriptors } from './descriptors.ts'
import { inFile, inRegistry, type Location } from './locations.ts'

/** A finding at one place. @see SARIF 2.1.0, 3.27 */
export interface Result {
  readonly ruleId: string
  readonly ruleIndex: number
  readonly level: 'error' | 'warning' | 'note'
  readonly message: { readonly text: string }
  readonly locations: readonly Location[]
  readonly partialFingerprints: { readonly 'regfsckFinding/v1': string }
  readonly baselineState?: 'new' | 'unchanged'
  readonly properties: Readonly<Record<string, unknown>>
}

/** Tags that one message names. */
const MOST_TAGS = 5

/**
 * A result for each place in a file that names the image, so that each line can be annotated; without a file, one for the
 * registry.
 */
export function resultsOf(target: TargetRecords, rules: Descriptors<FindingCode>): readonly Result[] {
  return target.findings.flatMap((finding) => {
    const name = nameOf(finding, target)
    const common = commonOf(finding, name, rules)
    const uses = usesOf(finding, target)
    if (uses.length === 0) return [resultAt(inRegistry(name), finding.id, common)]
    const seen = new Map<string, number>()
    return uses.map((use) => {
      // Lines move when something is added above. What stays is who names the image, and which of several.
      const who = JSON.stringify([use.file, use.by])
      const nth = seen.get(who) ?? 0
      seen.set(who, nth + 1)
      return resultAt(inFile(use, name), `${finding.id} ${who} ${nth}`, common)
    })
  })
}

/** The uses that the finding is about: perhaps not all of the image. */
function usesOf({ evidence }: ReportedFinding, { info }: TargetRecords): readonly Use[] {
  const { usedBy = [] } = info
  if (evidence.usedBy === undefined) return usedBy
  const about = new Set(evidence.usedBy)
  const named = usedBy.filter((use) => about.has(useText(use)))
  return named.length > 0 ? named : usedBy
}

function resultAt(location: Location, identity: string, common: Common): Result {
  return { ...common, locations: [location], partialFingerprints: { 'regfsckFinding/v1': identity } }
}

type Common = Omit<Result, 'locations' | 'partialFingerprints'>

function commonOf(finding: ReportedFinding, name: string, rules: Descriptors<FindingCode>): Common {
  const { id, code, cause, severity, tags, digest, platforms, message, repair, confirmed, firstSeen, isNew } = finding
  const isError = isConfirmedError(finding)
  const sentences = [
    message,
    ...(confirmed ? [] : [SEEN_ONCE]),
    repair.action === 'none' ? repair.why : `${repair.action}: ${repair.why}`,
  ]
  const reached = tags.length === 0 ? '' : ` (${some(tags, MOST_TAGS)})`
  return {
    ruleId: code,
    ruleIndex: rules.indexOf(code),
    // Seen once: it makes no registry damaged.
    level: isError ? 'error' : severity === 'notice' ? 'note' : 'warning',
    message: { text: `${name}${digest === undefined ? '' : reached}: ${sentences.join(' ')}` },
    ...(isNew !== undefined && { baselineState: isNew ? 'new' : 'unchanged' }),
    properties: {
      id,
      cause,
      confirmed,
      platforms,
      ...(firstSeen !== undefined && { firstSeen }),
      ...(repair.commands.length > 0 && { commands: repair.commands }),
    },
  }
}

/** `registry/team/app:1.4`, or its digest, or a path in the storage. */
function nameOf({ repository, tag, digest, evidence }: ReportedFinding, { info }: TargetRecords): string {
  const about = tag ?? digest
  const inside = repository === undefined ? (digest ?? evidence.path) : about && imageName(repository, about)
  return [info.registry, inside ?? repository ?? ''].filter((part) => part !== '').join('/')
}
