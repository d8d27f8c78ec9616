import type { DamageRecord } from '../builders/faults/random-damage.ts'
import { linkOf } from '../builders/faults/random-damage.ts'
import type { History } from '../builders/random-history.ts'
import type { BuiltScan, Depth, ReportedFinding, ReportedTag } from '../command/scan-built.ts'
import { apiDisagreements } from './compare-over-api.ts'
import { describeDamage, describeFinding } from './failure-text.ts'
import type { Trouble, WalkedTag } from './plain-walker.ts'
import type { SkopeoResult } from './skopeo.ts'

/** What each of several programs that share no code says about one storage. */
export interface OracleResults {
  /** A client of a freshly started registry. */
  readonly walked: readonly WalkedTag[]
  /** At depth `content`. */
  readonly content: BuiltScan
  readonly shallower: readonly BuiltScan[]
  /** Of the same registry, asked over its API. */
  readonly asked: readonly BuiltScan[]
  /** On one tag, where there is one that it can handle. */
  readonly skopeo: SkopeoResult | undefined
}

/** Every point on which the scan, the client and the ledger do not agree, one line each. */
export function disagreements(history: History, results: OracleResults): string[] {
  return [
    ...[...results.shallower, results.content].flatMap((scan) => onTags(history, results.walked, scan)),
    ...results.asked.flatMap((scan) => {
      const sees = (repository: string, trouble: Trouble) => isSeen(history, { repository, trouble }, scan.depth)
      return apiDisagreements('over the API', { scan, walked: results.walked, isSeen: sees })
    }),
    ...onWhatIsLeft(results),
    ...onSkopeo(results),
    ...onObjects(results),
    ...onErrors(results),
    ...onLedger(history, results),
    ...onSilence(history, results),
  ]
}

/** The same tags exist, and the same ones cannot be had, as far as the depth can see. */
function onTags(history: History, walked: readonly WalkedTag[], { depth, complete, tags }: BuiltScan): string[] {
  const scanned = tags.filter(({ verdict }) => verdict !== 'intact').map(nameOf)
  const wrong = walked.filter(({ repository, troubles }) =>
    troubles.some((trouble) => isSeen(history, { repository, trouble }, depth)),
  )
  return [
    ...(complete ? [] : [`depth ${depth}: the scan calls itself incomplete`]),
    ...difference(`depth ${depth}: tags`, tags.map(nameOf), walked.map(nameOf)),
    ...difference(`depth ${depth}: tags that are not intact`, scanned, wrong.map(nameOf)),
  ]
}

/** Whether a scan of some depth can see what a client met. */
function isSeen(
  { ledger, manifests, stored }: History,
  { repository, trouble }: { readonly repository: string; readonly trouble: Trouble },
  depth: Depth,
): boolean {
  const { what, why } = trouble
  if (depth === 'content' || !what.includes(':') || manifests.has(what)) return true
  if (depth === 'graph' || !why.endsWith('of another digest')) return depth === 'blobs'
  // Only the ledger knows an alteration of the same size from one that shows in the size. It stays invisible, unless
  // the same object suffers from something else too: then its bytes are looked at, or its link gives it away.
  const altered = ledger.some((line) => line.seenFrom === 'content' && sameBlob(stored, line.digest, what))
  const alone = !ledger.some(
    (line) => line.seenFrom === 'blobs' && line.repository === repository && line.digest === what,
  )
  return !(altered && alone)
}

/** Degraded is what somebody can still run; unpullable is what nobody can. */
function onWhatIsLeft({ walked, content }: OracleResults): string[] {
  const unpullable = content.tags.filter(({ verdict }) => verdict === 'unpullable').map(nameOf)
  return difference('unpullable tags', unpullable, walked.filter(({ pullable }) => !pullable).map(nameOf))
}

/** Both clients can have a tag, or neither can. */
function onSkopeo({ walked, skopeo }: OracleResults): string[] {
  const plain = walked.find((each) => skopeo && nameOf(each) === nameOf(skopeo))
  if (!plain || !skopeo || skopeo.copied === (plain.is === 'whole')) return []
  // It does not hash what the tag itself names, and takes a size that differs from the descriptor's.
  const overlooked = plain.troubles.every(({ what, why }) => {
    return (what === plain.tag && why.endsWith('of another digest')) || why.includes('the descriptor says')
  })
  if (skopeo.copied && overlooked) return []
  return [`${nameOf(plain)} is ${plain.is} to the plain client, and skopeo says: ${skopeo.said || 'copied'}`]
}

/** For each tag, what the scan blames is what the client could not have. */
function onObjects({ walked, content }: OracleResults): string[] {
  const tags = new Map(content.tags.map((tag) => [nameOf(tag), tag]))
  return walked.flatMap((each) => {
    const met = each.troubles.map(({ what }) => what)
    const blamed = content.findings
      .filter(({ severity, repository, tags }) => {
        return severity === 'error' && repository === each.repository && tags.includes(each.tag)
      })
      .map((finding) => objectOf(finding, tags.get(nameOf(each))))
    // A client stops at a child whose size is not what the index claims; the scan knows that the child is whole, and
    // goes on below it.
    const stopped = each.troubles.some(({ why }) => why.includes('the descriptor says'))
    return difference(
      `what is wrong with ${nameOf(each)}:`,
      stopped ? blamed.filter((it) => met.includes(it)) : blamed,
      met,
    )
  })
}

/** What a client asked for: the tag itself, where the finding is on the manifest that the tag names. */
function objectOf({ tag, digest = '' }: ReportedFinding, at: ReportedTag | undefined): string {
  return at && (tag !== undefined || digest === at.digest) ? at.tag : digest
}

/** An error always is about a tag that cannot be had, and the exit code tells whether there is any. */
function onErrors({ walked, content }: OracleResults): string[] {
  const broken = new Set(walked.filter(({ is }) => is !== 'whole').map(nameOf))
  const errors = content.findings.filter(({ severity }) => severity === 'error')
  const baseless = errors.filter(({ repository, tags }) => !tags.some((tag) => broken.has(nameOf({ repository, tag }))))
  const exit = broken.size > 0 ? 1 : 0
  return [
    ...baseless.map((finding) => `an error although a client has every tag of it: ${describeFinding(finding)}`),
    ...(content.exit === exit ? [] : [`the scan exits ${content.exit} instead of ${exit}`]),
  ]
}

/** Every fault that still stands is met by the client, and told by the scan with its code and cause. */
function onLedger(history: History, { walked, content }: OracleResults): string[] {
  const broken = new Set(walked.filter(({ is }) => is !== 'whole').map(nameOf))
  return history.ledger.flatMap((line) => {
    const met = broken.has(nameOf({ ...line, tag: line.aimedAt?.tag ?? '' }))
    const said = content.findings.filter((finding) => isAbout(finding, line))
    const lines = history.ledger.filter((other) => isOnTheSame(history, other, line))
    // What no tag reaches any more is only a warning, and may go by another name.
    const reached = line.breaksPull ? said.filter(({ severity }) => severity === 'error') : said
    const other = reached.filter((finding) => !lines.some((each) => isToldAs(each, finding)))
    return [
      ...(stands(history, line) && !met ? [`a client meets nothing of ${describeDamage(line)}`] : []),
      ...(mustBeSaid(history, line, lines) && said.length === 0
        ? [`the scan does not tell of ${describeDamage(line)}`]
        : []),
      ...(isSwept(history, line.digest)
        ? []
        : other.map((each) => `${describeFinding(each)} does not tell of ${describeDamage(line)}`)),
    ]
  })
}

/** Whether a fault was put where its tag led, and the tag still leads there: then nobody can pull the tag whole. */
function stands({ root }: History, { breaksPull, repository, aimedAt }: DamageRecord): boolean {
  return breaksPull && aimedAt?.met === true && linkOf(root, repository, aimedAt.tag) === aimedAt.link
}

/** One fault can hide another, and a collection can take what was hurt: only a fault by itself must be told. */
function mustBeSaid(history: History, line: DamageRecord, lines: readonly DamageRecord[]): boolean {
  if (line.code === undefined || history.collectedAfter || isSwept(history, line.digest)) return false
  return line.breaksPull ? stands(history, line) && history.ledger.length === 1 : lines.length === 1
}

/** Where nothing was collected, the ledger explains every finding: the scan makes up none, not even a warning. */
function onSilence(history: History, { content, shallower }: OracleResults): string[] {
  if ([history.collectedBefore, history.collectedAfter].some((each) => each && !each.aborted)) return []
  return [...shallower, content].flatMap((scan) =>
    scan.findings
      .filter((finding) => !history.ledger.some((line) => isExplained(history, { scan, finding }, line)))
      .map((finding) => `depth ${scan.depth}: nothing in the ledger explains ${describeFinding(finding)}`),
  )
}

function isExplained(
  { stored }: History,
  { scan, finding }: { readonly scan: BuiltScan; readonly finding: ReportedFinding },
  line: DamageRecord,
): boolean {
  if (line.code === undefined) return false
  const { repository, tag, digest } = finding
  if (tag !== undefined && line.repository === repository && line.tag === tag) return true
  const names = scan.tags.find((each) => each.repository === repository && each.tag === tag)?.digest
  return line.touched.some((each) => sameBlob(stored, each, digest ?? names))
}

function isToldAs({ code, cause }: DamageRecord, finding: ReportedFinding): boolean {
  return finding.code === code && (cause === undefined || finding.cause === cause)
}

function isAbout(finding: ReportedFinding, { repository, tag, digest }: DamageRecord): boolean {
  if (finding.repository !== repository) return false
  return tag === undefined ? finding.tag === undefined && finding.digest === digest : finding.tag === tag
}

/** Repositories share blobs, and so share what happens to them. */
function isOnTheSame({ stored }: History, a: DamageRecord, b: DamageRecord): boolean {
  if (a.tag !== undefined || b.tag !== undefined) return a.repository === b.repository && a.tag === b.tag
  return sameBlob(stored, a.digest, b.digest)
}

/** Swept before, it was gone already when something was said wrongly of it; swept after, it has another end now. */
function isSwept({ collectedBefore, collectedAfter, stored }: History, digest: string | undefined): boolean {
  if (digest === undefined) return false
  return [collectedBefore, collectedAfter].some((each) => each?.swept.has(stored.get(digest) ?? digest))
}

/** Two names of the same file: a sha512 name leads to a blob that is stored under sha256. */
function sameBlob(stored: History['stored'], a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && (stored.get(a) ?? a) === (stored.get(b) ?? b)
}

/** What one side has and the other has not, each once. */
function difference(about: string, scan: readonly string[], client: readonly string[]): string[] {
  const only = (a: readonly string[], b: readonly string[]) =>
    [...new Set(a)].filter((each) => !b.includes(each)).sort()
  return [
    ...only(scan, client).map((each) => `${about} only the scan has ${each}`),
    ...only(client, scan).map((each) => `${about} only the client has ${each}`),
  ]
}

function nameOf({ repository, tag }: { readonly repository: string; readonly tag: string }): string {
  return `${repository}:${tag}`
}
