import type { ReportedFinding, ScanEvent } from '../../check/events.ts'
import { FINDINGS } from '../../check/findings/catalogue.ts'
import { isConfirmedError } from '../../check/judge/run-verdict.ts'
import type { DeployedFinding, DeployedImage, UnknownPlace } from '../../report/html/deployed/deployed-view.ts'
import { stateOf } from './workloads.ts'

/** Findings of one image that are kept. */
const MOST_FINDINGS = 20

/** Makes the images of a run from its events. */
export class ImageCollector {
  readonly images: DeployedImage[] = []
  readonly unknown: UnknownPlace[] = []
  #image: Collecting | undefined
  #isOfFiles = false

  take(event: ScanEvent): void {
    switch (event.type) {
      case 'target': {
        this.#end()
        const { target, registry, kind, usedBy = [] } = event.info
        this.#isOfFiles = kind === 'references'
        this.#image = this.#isOfFiles ? undefined : { image: target, registry, uses: usedBy, findings: [] }
        return
      }
      case 'tag':
        if (this.#image) this.#image.digest = event.record.digest
        return
      case 'finding':
        this.#image?.findings.push(event.finding)
        return
      case 'unchecked': {
        const { path = '', because, detail = '' } = event.record
        if (this.#isOfFiles) this.unknown.push({ path, because, detail })
        else if (this.#image) this.#image.unchecked ??= detail === '' ? because : `${because}: ${detail}`
        return
      }
      case 'summary':
        if (this.#image && !event.complete) this.#image.unchecked ??= 'it was not checked to the end'
        this.#isEnded(true)
        return
      case 'unreadable':
        if (this.#image) this.#image.unchecked ??= event.reason
        this.#isEnded(true)
        return
      case 'fixed':
      case 'still-known':
      case 'repairs':
      case 'progress':
    }
  }

  /** Call it when the run has ended: an image whose check has not is unchecked. */
  end(): void {
    this.#end()
  }

  #isEnded(hasEnded: boolean): void {
    if (this.#image) this.#image.hasEnded = hasEnded
  }

  #end(): void {
    const image = this.#image
    this.#image = undefined
    if (image === undefined) return
    const { image: text, registry, digest, uses, hasEnded } = image
    const unchecked = image.unchecked ?? (hasEnded ? undefined : 'it was not checked to the end')
    const findings = findingsOf(image.findings)
    this.images.push({ image: text, registry, digest, uses, findings, unchecked, state: stateOf(findings, unchecked) })
  }
}

interface Collecting {
  readonly image: string
  readonly registry: string
  readonly uses: DeployedImage['uses']
  readonly findings: ReportedFinding[]
  digest?: string | undefined
  unchecked?: string
  hasEnded?: boolean
}

/** What is about the use of an image says all; what is wrong in the registry is only listed where nothing else is. */
function findingsOf(found: readonly ReportedFinding[]): readonly DeployedFinding[] {
  const aboutUse = found.filter(({ code }) => FINDINGS[code].isAboutUse === true)
  const hasError = aboutUse.some(({ severity }) => severity === 'error')
  const others = hasError ? [] : found.filter(({ code }) => FINDINGS[code].isAboutUse !== true)
  return [...aboutUse, ...others]
    .filter((finding) => finding.severity !== 'error' || isConfirmedError(finding))
    .slice(0, MOST_FINDINGS)
    .map(({ code, severity, message, evidence: { usedBy } }) => ({
      code,
      severity,
      message,
      ...(usedBy !== undefined && { usedBy }),
    }))
}
