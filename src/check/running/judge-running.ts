import { type Digest, isDigest } from '../../oci/digest.ts'
import type { CauseOf, FindingCode } from '../findings/code.ts'
import { type Finding, type FindingOf, subjectOf } from '../findings/finding.ts'
import { judgeInFull } from '../judge/judge.ts'
import type { RepositoryReport, UncheckedRecord } from '../records.ts'
import type { Rules } from '../rules.ts'
import { StoreError } from '../store-error.ts'
import type { AsksMore, CheckedImage } from './checked-image.ts'
import { type Reached, reachedFrom } from './reached.ts'
import type { RunningImage } from './running-images.ts'

/**
 * Compares what runs with what the image is now. Digests of manifests, of children of an index and of configs are each
 * compared with their own kind. Only what differs costs another request.
 *
 * @returns the report, with what was found
 */
export async function judgeRunning(
  report: RepositoryReport,
  image: CheckedImage,
  ask: AsksMore,
): Promise<RepositoryReport> {
  const [tag] = image.graph.tags.values()
  // Then the report says that it could not be read.
  if (tag === undefined || tag.is === 'unchecked') return report
  const judge = new RunningJudge(image, tag.is === 'resolved' ? tag.digest : undefined, ask)
  for (const running of image.running.images) await judge.compare(running)
  const { findings, unchecked } = judge.result()
  return { ...report, findings: [...report.findings, ...findings], unchecked: [...report.unchecked, ...unchecked] }
}

class RunningJudge {
  readonly #image: CheckedImage
  readonly #ask: AsksMore
  /** What the image is now; `undefined`: the registry does not have it. */
  readonly #now: Digest | undefined
  readonly #gone: FindingOf<'running-image-gone'>[] = []
  readonly #moved: { readonly digest: Digest; readonly usedBy: readonly string[] }[] = []
  readonly #unchecked: UncheckedRecord[] = []
  #isConfigMoved = false
  #reached: Reached | undefined

  constructor(image: CheckedImage, now: Digest | undefined, ask: AsksMore) {
    this.#image = image
    this.#now = now
    this.#ask = ask
    if (now !== undefined) this.#reached = reachedFrom(image.graph, now, image.rules.platform !== undefined)
  }

  result(): { readonly findings: readonly Finding[]; readonly unchecked: readonly UncheckedRecord[] } {
    const { seenBefore } = this.#image
    const wasSeen = (gone: Finding): boolean => seenBefore?.has(subjectOf(gone)) ?? true
    const dropped = this.#gone.filter((gone) => !wasSeen(gone))
    return {
      findings: [...this.#gone.filter(wasSeen), ...this.#movedFinding()],
      unchecked: [...this.#unchecked, ...dropped.map(({ digest }) => this.#record('MOVED', digest, CHANGES))],
    }
  }

  async compare(running: RunningImage): Promise<void> {
    switch (running.is) {
      case 'manifest':
        return this.#compareManifest(running)
      case 'config':
        return this.#compareConfig(running)
      case 'local':
        return this.#compareLocal(running)
    }
  }

  async #compareManifest(running: Extract<RunningImage, { is: 'manifest' }>): Promise<void> {
    const { digest, otherName } = running
    if (this.#reached?.manifests.has(digest)) {
      if (this.#image.graph.manifests.get(digest)?.is === 'absent') this.#addGone(running, digest, 'not-served')
      return
    }
    if (this.#isPinned) return
    const { rules } = this.#image
    const graph = await this.#ask.walk(digest, rules)
    const { tags, findings, unchecked } = judgeInFull(graph, rules, true)
    const verdict = tags[0]?.verdict
    if (verdict === 'unchecked' || verdict === undefined) {
      this.#unchecked.push(...unchecked)
      return
    }
    const root = graph.manifests.get(digest)
    const isAbsent = root?.is === 'absent'
    if (isAbsent && otherName !== undefined) {
      this.#addUnknown(running, `${otherName}@${digest} runs, which is not in this repository: check it by that name`)
      return
    }
    if (verdict === 'unpullable') {
      const because = isAbsent ? [] : [...new Set(findings.map(({ code }) => code))]
      this.#addGone(running, digest, isAbsent ? 'not-served' : 'damaged', because)
    }
    if (isAbsent || root?.is === 'damaged') this.#addMoved(running, digest)
    else await this.#compareContent(running, digest, reachedFrom(graph, digest, rules.platform !== undefined))
  }

  /**
   * A runtime knows an image by its config, and may name it by any manifest that leads there. So another manifest with the
   * same configs is the same image, as after a push that only added an attestation.
   */
  async #compareContent(running: RunningImage, digest: Digest, ran: Reached): Promise<void> {
    // Nothing of it is for the platform that was checked, so something else of it runs.
    const { configs, isPartial } = ran.configs.size === 0 && ran.leavesOut ? await this.#wholly(digest) : ran
    let same = 0
    for (const config of configs) if (await this.#hasConfig(config)) same++
    if (same === 0 && isPartial) this.#addUnknown(running, `${digest} runs, and a part of that cannot be read`)
    else if (same === 0) this.#addMoved(running, digest)
    else if (same < configs.size)
      this.#addUnknown(
        running,
        `${digest} runs, which is the same image for some platforms only: name one with --platform`,
      )
  }

  async #compareConfig(running: Extract<RunningImage, { is: 'config' }>): Promise<void> {
    const { digest } = running
    if (this.#isPinned || (await this.#hasConfig(digest))) return
    const answer = await this.#ask.probeBlob(digest)
    if (answer instanceof StoreError)
      this.#unchecked.push(this.#record(answer.code, digest, answer.message, answer.place))
    else if (answer.is === 'absent') this.#addGone(running, digest, 'config-not-served')
    this.#isConfigMoved = this.#addMoved(running, digest) || this.#isConfigMoved
  }

  async #compareLocal(running: Extract<RunningImage, { is: 'local' }>): Promise<void> {
    const { digest, text } = running
    if (this.#isPinned || this.#now === undefined) return
    if (digest !== undefined && (this.#reached?.manifests.has(digest) || (await this.#hasConfig(digest)))) return
    this.#addUnknown(
      running,
      `${text} runs, a name that only its machine knows: whether it is this image cannot be told`,
    )
  }

  async #hasConfig(digest: Digest): Promise<boolean> {
    if (this.#reached?.configs.has(digest)) return true
    // What runs may be for a platform that was not checked.
    if (this.#now !== undefined && this.#reached?.leavesOut) this.#reached = await this.#wholly(this.#now)
    return this.#reached?.configs.has(digest) ?? false
  }

  /** What an image consists of, for all platforms. */
  async #wholly(digest: Digest): Promise<Reached> {
    const rules: Rules = { ...this.#image.rules, platform: undefined, depth: 'graph' }
    return reachedFrom(await this.#ask.walk(digest, rules), digest, false)
  }

  /** A digest cannot move. A runtime that names another one has found the same image under both. */
  get #isPinned(): boolean {
    return isDigest(this.#image.reference)
  }

  #addGone(
    { usedBy }: RunningImage,
    digest: Digest,
    cause: CauseOf<'running-image-gone'>,
    because: readonly FindingCode[] = [],
  ): void {
    this.#gone.push({
      ...this.#about('error'),
      code: 'running-image-gone',
      cause,
      digest,
      evidence: { usedBy, because, ...(this.#now !== undefined && { digest: this.#now }) },
    })
  }

  /** @returns whether it was added: not if the registry has no image to compare it with */
  #addMoved(running: RunningImage, digest: Digest): boolean {
    if (this.#now === undefined || this.#image.running.moved === 'ok') return false
    if (this.#reached?.isPartial) {
      this.#addUnknown(
        running,
        `${digest} runs: whether it is this image cannot be told, because a part cannot be read`,
      )
      return false
    }
    this.#moved.push({ digest, usedBy: running.usedBy })
    return true
  }

  /** One finding, however many images run. */
  #movedFinding(): readonly FindingOf<'image-moved'>[] {
    const { reference, running } = this.#image
    if (this.#moved.length === 0 || this.#now === undefined || running.moved === 'ok') return []
    return [
      {
        ...this.#about(running.moved),
        code: 'image-moved',
        cause: this.#isConfigMoved ? 'another-config' : 'another-digest',
        tag: reference,
        evidence: {
          usedBy: this.#moved.flatMap(({ usedBy }) => usedBy),
          digest: this.#now,
          running: this.#moved,
        },
      },
    ]
  }

  #about(severity: 'warning' | 'error'): Pick<Finding, 'severity' | 'repository' | 'tags' | 'parents' | 'platforms'> {
    const { repository, reference } = this.#image
    return { severity, repository, tags: [reference], parents: [], platforms: [] }
  }

  /** With `ok` it does not matter what runs. */
  #addUnknown({ usedBy, ...running }: RunningImage, detail: string): void {
    if (this.#image.running.moved === 'ok') return
    this.#unchecked.push(this.#record('RUNNING_UNKNOWN', running.digest, `${usedBy.join('; ')}: ${detail}`))
  }

  #record(
    because: UncheckedRecord['because'],
    digest: Digest | undefined,
    detail: string,
    path?: string,
  ): UncheckedRecord {
    const { repository } = this.#image
    return {
      repository,
      because,
      detail,
      ...(digest !== undefined && { digest }),
      ...(path !== undefined && { path }),
    }
  }
}

const CHANGES = 'changed each time it was checked'
