import type { UncheckedRecord } from '../../check/records.ts'
import { isSkip } from '../../check/store-error.ts'
import type { Digest } from '../../oci/digest.ts'
import type { Inventory } from '../inventory.ts'
import type { GcBreakage, GcOutcome, ReadinessIssue } from '../outcome.ts'
import { DigestBreakages } from '../pulls/digest-breakages.ts'
import { breakagesOf, type DeployedImage, imagesByConfig, isStored } from './deployed.ts'
import type { BrokenDeployment, CollectionPreview, CollectionVerdict, Preview, StoredAmounts } from './preview.ts'

/** What a preview is made of. */
export interface PreviewParts {
  readonly target: string
  readonly registry: string
  readonly inventory: Inventory
  readonly outcomes: readonly GcOutcome[]
  readonly readiness: readonly ReadinessIssue[] | undefined
  /** `undefined`: nothing was said about what is deployed. */
  readonly deployed: readonly DeployedImage[] | undefined
  /** Places that could not be found out about besides those of the inventory, such as what moved while it was read. */
  readonly unchecked: readonly UncheckedRecord[]
}

/** Puts together what reports need of one registry. */
export function makePreview(parts: PreviewParts): Preview {
  const { target, registry, inventory, outcomes, readiness, deployed } = parts
  const unchecked = [...inventory.unreadable.map(unreadableRecord), ...parts.unchecked]
  const complete = unchecked.every(({ because }) => isSkip(because))
  const images = deployed === undefined ? NO_IMAGES : imagesByConfig(inventory)
  const about = { inventory, deployed: deployed ?? [], images, complete }
  return {
    target,
    registry,
    stored: storedIn(inventory),
    collections: outcomes.map((outcome) => collectionOf(outcome, about)),
    readiness,
    deployed: deployed && {
      images: deployed.length,
      absent: deployed.filter((image) => !isStored(image, inventory)),
    },
    unchecked,
    complete,
  }
}

const NO_IMAGES: ReadonlyMap<string, readonly Digest[]> = new Map()

function collectionOf(
  outcome: GcOutcome,
  about: {
    readonly inventory: Inventory
    readonly deployed: readonly DeployedImage[]
    readonly images: ReadonlyMap<string, readonly Digest[]>
    readonly complete: boolean
  },
): CollectionPreview {
  const listed = brokenByRepository(outcome.broken)
  const digests = new DigestBreakages(about.inventory, outcome)
  const deployed = about.deployed.flatMap((image): BrokenDeployment[] =>
    breakagesOf(image, { listed, digests, images: about.images })
      .slice(0, 1)
      .map((breakage) => ({ image, breakage })),
  )
  const used = new Set<GcBreakage>(deployed.map(({ breakage }) => breakage))
  // As in the storage of Harbor: without any tag, nobody can say which revisions are in use.
  const isUntagged = about.inventory.repositories.found.every(({ tags }) => tags.length === 0)
  const listedBroken = outcome.broken.filter((each) => !each.intended || isUntagged || used.has(each))
  for (const each of outcome.broken) used.delete(each)
  const broken = [...listedBroken, ...used]
  const verdict = verdictOf(outcome, broken.length > 0, about.complete)
  return { outcome, verdict, broken, intended: outcome.broken.length - listedBroken.length, deployed }
}

function brokenByRepository(broken: readonly GcBreakage[]): ReadonlyMap<string, readonly GcBreakage[]> {
  const groups = new Map<string, GcBreakage[]>()
  for (const breakage of broken) {
    const group = groups.get(breakage.repository)
    if (group) group.push(breakage)
    else groups.set(breakage.repository, [breakage])
  }
  return groups
}

function verdictOf({ aborts, unknown }: GcOutcome, isBroken: boolean, isComplete: boolean): CollectionVerdict {
  if (aborts.length > 0) return 'aborts'
  if (isBroken) return 'breaks'
  return isComplete && unknown.length === 0 ? 'safe' : 'unknown'
}

function storedIn({ repositories, blobs }: Inventory): StoredAmounts {
  let bytes = 0
  for (const size of blobs.sizes.values()) bytes += size
  return {
    repositories: repositories.found.length,
    tags: repositories.found.reduce((sum, { tags }) => sum + tags.length, 0),
    blobs: blobs.sizes.size,
    bytes,
  }
}

function unreadableRecord({ place, because, detail }: Inventory['unreadable'][number]): UncheckedRecord {
  return { repository: undefined, path: place, because, detail }
}
