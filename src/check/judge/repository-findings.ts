import type { Digest } from '../../oci/digest.ts'
import type { CauseOf, ForecastCode, Severity, UseCode } from '../findings/code.ts'
import type { Evidence } from '../findings/evidence.ts'
import type { Finding, FindingOf } from '../findings/finding.ts'
import { quarantinesOf, salvageOf } from '../repair/salvage.ts'
import type { RepairStep, Salvage } from '../repair/step.ts'
import type { Rules } from '../rules.ts'
import type { Graph } from '../walk/graph.ts'
import { References } from './references.ts'
import { Verdicts } from './tag-verdict.ts'
import { type UnreadOwners, unreadOwners } from './unread-owners.ts'

/** The codes of findings about an object of a repository, not about a tag or garbage. */
type ObjectCode = Exclude<
  Finding['code'],
  | UseCode
  | ForecastCode
  | 'tag-dangling'
  | 'masked-by-cache'
  | 'not-served-by-api'
  | 'blob-unreferenced'
  | 'upload-abandoned'
  | 'crash-debris'
>

/** What is wrong with an object. The affected tags are added later. */
export type Damage = {
  readonly [C in ObjectCode]: Pick<FindingOf<C>, 'code' | 'cause' | 'evidence'> & DamageOptions
}[ObjectCode]

interface DamageOptions {
  /** The parents whose claims are wrong. Missing: all. */
  readonly parents?: readonly Digest[]
  /** A fixed severity. Missing: an error if a pull of a tag fails, otherwise a warning. */
  readonly severity?: Severity
  readonly salvage?: Salvage | undefined
}

/** Collects the findings of one repository, and adds tags, platforms and parents to each. */
export class RepositoryFindings {
  readonly found: Finding[] = []
  readonly references: References
  readonly #graph: Graph
  readonly #rules: Rules
  readonly #owners: UnreadOwners
  /** Files to move away: a manifest whose bytes are lost may have named them. */
  readonly #inTheWay: readonly RepairStep[]

  constructor(graph: Graph, rules: Rules, sawEverything: boolean) {
    this.#graph = graph
    this.#rules = rules
    this.references = new References(graph)
    this.#owners = unreadOwners(graph, this.references, sawEverything)
    this.#inTheWay = (graph.unnamed ?? []).flatMap(quarantinesOf)
  }

  /** @param platforms of the manifest that it names */
  danglingTag(
    tag: string,
    seen: { readonly cause: CauseOf<'tag-dangling'>; readonly evidence: Evidence },
    salvage: Salvage | undefined,
    platforms: readonly string[] = [],
  ): void {
    this.found.push({
      code: 'tag-dangling',
      cause: seen.cause,
      severity: 'error',
      repository: this.#graph.repository,
      tag,
      tags: [tag],
      parents: [],
      platforms,
      evidence: seen.evidence,
      ...this.#leftOf(salvage),
    })
  }

  object(digest: Digest, damage: Damage): void {
    const { severity, salvage, parents: blamed, ...fact } = damage
    const tags = this.references.tagsReaching(digest, blamed)
    const counts = tags.length > 0 || this.#rules.roots === 'revisions'
    const parents = blamed ?? this.references.claims(digest).map(({ parent }) => parent)
    const isUnsure = severity === 'warning' && !this.#owners.isNone
    this.found.push({
      ...fact,
      severity: severity ?? (counts ? 'error' : 'warning'),
      repository: this.#graph.repository,
      digest,
      tags,
      parents: [...new Set(parents)].sort(),
      platforms: this.references.platforms(digest, blamed),
      ...(isUnsure && this.#mayBeNeeded(damage)),
      ...this.#leftOf(salvage),
    })
  }

  /** The last manifest of a tag without a valid link, if it can be restored. */
  salvageOfTag({ lastPushed: digest }: Evidence): Salvage | undefined {
    const salvage = digest === undefined ? undefined : salvageOf(this.#graph, digest)
    if (digest === undefined || salvage === undefined) return undefined
    // The registry may serve the manifest although something below it is missing.
    const verdict = new Verdicts(this.#graph, this.#rules).of({ is: 'resolved', digest })
    const isServed = this.#graph.manifests.get(digest)?.is === 'read'
    return isServed && verdict !== 'intact' ? { ...salvage, isWhole: false } : salvage
  }

  #leftOf(salvage: Salvage | undefined): Pick<Finding, 'salvage' | 'inTheWay'> {
    const isPushedAgain = this.#inTheWay.length > 0 && !salvage?.isWhole
    return { ...(salvage && { salvage }), ...(isPushedAgain && { inTheWay: this.#inTheWay }) }
  }

  #mayBeNeeded({ evidence, salvage }: Damage): Pick<Finding, 'evidence' | 'needers'> {
    const { needers, hasUnknownTag } = this.#owners
    const isNamed = needers !== undefined && !(salvage && hasUnknownTag)
    return { evidence: { ...evidence, ownersUnread: true }, ...(isNamed && { needers }) }
  }
}
