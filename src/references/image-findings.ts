import type { ReportedFinding, ScanEvent } from '../check/events.ts'
import { FINDINGS } from '../check/findings/catalogue.ts'
import type { FindingCode, Severity } from '../check/findings/code.ts'
import type { Finding } from '../check/findings/finding.ts'
import { useText } from '../check/findings/phrases.ts'
import type { TagRecord } from '../check/records.ts'
import type { RepairPlace } from '../check/repair/place.ts'
import { remedyOf } from '../check/repair/remedy-of.ts'
import type { Depth } from '../check/rules.ts'
import type { RunningImages } from '../check/running/running-images.ts'
import { reportFinding } from '../check/scan/report-finding.ts'
import { isDigest } from '../oci/digest.ts'
import { isPlatform } from '../oci/platform.ts'
import type { ImageNeed } from './needs.ts'

/** What counts as a problem of a reference. */
export interface UseRules {
  /** Every reference must name a digest. */
  readonly requireDigest: boolean
  /** How a tag that is not what runs is reported. Missing: what runs is not compared. */
  readonly moved?: RunningImages['moved']
}

/**
 * Adds findings about what is deployed to the events of one image's check. One instance for each image.
 */
export class ImageFindings {
  readonly #need: ImageNeed
  readonly #rules: UseRules
  readonly #usedBy: readonly string[]
  readonly #errors: ReportedFinding[] = []
  #registry = ''
  #depth: Depth = 'blobs'
  /** It is passed on when it is known which findings it has. */
  #heldTag: Extract<ScanEvent, { type: 'tag' }> | undefined
  #isDone = false
  /** It was reported as unpullable by what knows that no registry decides about it. */
  #isRefused = false

  constructor(need: ImageNeed, rules: UseRules) {
    this.#need = need
    this.#rules = rules
    this.#usedBy = need.uses.map(useText)
  }

  /** @returns the event, after the findings that it completes */
  take(event: ScanEvent): readonly ScanEvent[] {
    switch (event.type) {
      case 'target':
        this.#registry = event.info.registry
        this.#depth = event.info.depth
        return [{ ...event, info: { ...event.info, target: this.#need.text, usedBy: this.#need.uses } }]
      case 'tag':
        this.#heldTag = event
        return []
      case 'finding':
        if (event.finding.code === 'image-unpullable') this.#isRefused = true
        if (event.finding.severity === 'error' && FINDINGS[event.finding.code].isAboutUse !== true)
          this.#errors.push(event.finding)
        return [event]
      case 'repairs':
      case 'summary':
      case 'unreadable':
        return [...this.#finish(), event]
      case 'fixed':
      case 'still-known':
      case 'unchecked':
      case 'progress':
        return [event]
    }
  }

  get #tag(): TagRecord | undefined {
    return this.#heldTag?.record
  }

  #finish(): readonly ScanEvent[] {
    if (this.#isDone) return []
    this.#isDone = true
    const found = [this.#unpullable(), this.#platformMissing(), this.#unpinned()].flatMap((finding) => finding ?? [])
    const reported = found.map((finding) => this.#report(finding))
    const held = this.#heldTag
    const findings = [...(held?.findings ?? []), ...reported.map(({ id }) => id)]
    return [
      ...reported.map((finding): ScanEvent => ({ type: 'finding', finding })),
      ...(held === undefined ? [] : [{ ...held, findings }]),
    ]
  }

  #unpullable(): Finding | undefined {
    const verdict = this.#tag?.verdict
    if (this.#isRefused || (verdict !== 'unpullable' && verdict !== 'degraded')) return undefined
    const because: readonly FindingCode[] = [...new Set(this.#errors.map(({ code }) => code))]
    const isGone = because.includes('tag-dangling')
    return {
      ...this.#about('error'),
      code: 'image-unpullable',
      cause: verdict === 'degraded' ? 'partly-damaged' : isGone ? 'not-found' : 'damaged',
      evidence: { usedBy: this.#usedBy, because },
    }
  }

  #platformMissing(): Finding | undefined {
    const { platform } = this.#need
    const { digest, verdict, platforms = [] } = this.#tag ?? {}
    if (platform === undefined || digest === undefined || verdict === 'unchecked' || verdict === 'unpullable')
      return undefined
    const has = platforms.map(({ platform: name }) => name)
    if (has.some((name) => isPlatform(name, platform))) return undefined
    return {
      ...this.#about('error'),
      code: 'platform-missing',
      cause: 'not-in-image',
      evidence: { usedBy: this.#usedBy, platform, has },
    }
  }

  #unpinned(): Finding | undefined {
    const { wanted } = this.#need.reference
    // The user must name another image anyway.
    const isGone = this.#tag === undefined || this.#tag.digest === undefined
    if (isDigest(wanted) || (isGone && !this.#rules.requireDigest)) return undefined
    const isLatest = wanted === 'latest'
    const usual = isLatest ? 'warning' : 'notice'
    return {
      ...this.#about(this.#rules.requireDigest ? 'error' : usual),
      code: 'image-unpinned',
      cause: isLatest ? 'latest' : 'floating-tag',
      evidence: { usedBy: this.#usedBy, ...(this.#tag?.digest !== undefined && { digest: this.#tag.digest }) },
    }
  }

  /** What every finding about this image has. */
  #about(severity: Severity): Omit<Finding, 'code' | 'cause' | 'evidence'> {
    const { repository, wanted } = this.#need.reference
    const subject = isDigest(wanted) ? { digest: wanted } : { tag: wanted }
    return { severity, repository, ...subject, tags: [wanted], parents: [], platforms: [] }
  }

  /** Nothing in a registry has to be repaired for it, so it has no commands and is no part of the plan. */
  #report(finding: Finding): ReportedFinding {
    const { action, why } = remedyOf(finding, { ...NO_PLACE, depth: this.#depth })
    const confirmed = this.#errors.every((error) => error.confirmed)
    return reportFinding(finding, { registry: this.#registry, confirmed, repair: { action, why, commands: [] } })
  }
}

const NO_PLACE: Omit<RepairPlace, 'depth'> = {
  kind: 'references',
  pullThrough: false,
  url: undefined,
  quarantine: undefined,
  absolute: (path) => path,
  digestOf: () => undefined,
}
