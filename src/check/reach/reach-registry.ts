import type { Digest } from '../../oci/digest.ts'
import { compareText } from '../compare-text.ts'
import type { UncheckedRecord } from '../records.ts'
import type { SelectionCheck } from '../scan/selection.ts'
import { type Source, TargetError } from '../source.ts'
import { inOrder } from './in-order.ts'
import type { DeployedImage, RepositoryReach } from './reach-records.ts'

/** How what is reached in a registry is found. */
export interface ReachOptions {
  readonly isWanted: (repository: string) => boolean
  readonly selection: SelectionCheck
  readonly isOneOfSeveral: boolean
  /** What is deployed, by repository. */
  readonly deployed: ReadonlyMap<string, readonly DeployedImage[]>
  /** Tags that count as deleted, by repository. */
  readonly without: ReadonlyMap<string, ReadonlySet<string>>
  /** Digests to explain; `undefined`: everything that is reached is listed. */
  readonly asked: ReadonlySet<Digest> | undefined
  /** When it settles after a stop, what still runs is no longer waited for. */
  readonly graceOver: Promise<void>
  /** Places that could not be listed during the search for registries. */
  readonly unlisted: readonly UncheckedRecord[]
}

/** What is found in one registry, in order. */
export type ReachEvent =
  | { readonly type: 'repository'; readonly reach: RepositoryReach }
  /** It may lead to any digest of the registry. */
  | { readonly type: 'unknown'; readonly record: UncheckedRecord }
  /** Nothing is known of the registry, or nothing of what was found is certain. */
  | { readonly type: 'unreadable'; readonly reason: string }

/** Finds everything that is reached in one registry, repository by repository, sorted by name. */
export async function* reachRegistry(
  source: Source,
  options: ReachOptions,
  signal: AbortSignal,
): AsyncGenerator<ReachEvent> {
  for (const record of options.unlisted) yield { type: 'unknown', record }
  try {
    const names: string[] = []
    for await (const found of source.repositories(signal)) {
      if (signal.aborted) break
      if (typeof found !== 'string') yield { type: 'unknown', record: found }
      else if (isSelected(found, options)) names.push(found)
    }
    for (const record of options.selection.missing(!options.isOneOfSeveral)) yield { type: 'unknown', record }
    yield* reachEach([...new Set(names)].sort(compareText), source, options, signal)
    if (signal.aborted) yield { type: 'unreadable', reason: 'it was stopped before everything was read' }
  } catch (error) {
    if (!(error instanceof TargetError)) throw error
    yield { type: 'unreadable', reason: error.message }
  }
}

function isSelected(repository: string, { selection, isWanted }: ReachOptions): boolean {
  selection.see(repository)
  return isWanted(repository)
}

async function* reachEach(
  names: readonly string[],
  source: Source,
  options: ReachOptions,
  signal: AbortSignal,
): AsyncGenerator<ReachEvent> {
  const { asked, deployed, without } = options
  let tags = 0
  let holdsManifests = false
  const all = inOrder(names, { width: source.width, signal, graceOver: options.graceOver }, (repository) => {
    const question = {
      deployed: deployed.get(repository) ?? [],
      without: without.get(repository) ?? NONE,
      list: asked === undefined,
    }
    const reach = source.reachIn?.(repository, question, { asked: asked ?? NONE, signal })
    if (reach === undefined) throw new TypeError(`cannot tell what is reached in ${source.target}`)
    return reach
  })
  for await (const reach of all) {
    if (signal.aborted) return
    tags += reach.tags
    holdsManifests ||= reach.holdsManifests
    yield { type: 'repository', reach }
  }
  if (signal.aborted) return
  source.afterFirstCheck?.()
  yield* unlessStillThere(source, signal)
  if (tags === 0 && holdsManifests && (await source.holdsTags?.()) === false)
    yield { type: 'unknown', record: UNTAGGED }
}

/** A registry that was unmounted meanwhile looks like an empty one. */
async function* unlessStillThere(source: Source, signal: AbortSignal): AsyncGenerator<ReachEvent> {
  const presence = await source.stillThere?.([], signal)
  for (const { repository, place, because, detail } of presence?.lost ?? [])
    yield { type: 'unknown', record: { repository, path: place, because, detail } }
  for (const repository of presence?.back ?? [])
    yield { type: 'unknown', record: { repository, because: 'MOVED', detail: 'it was empty, and is no longer' } }
}

const NONE: ReadonlySet<never> = new Set()
const UNTAGGED: UncheckedRecord = {
  repository: undefined,
  because: 'STORE_MALFORMED',
  detail:
    'no repository has a tag: Harbor and OpenShift keep tags in a database, so what they reach is unknown. Ask over the API',
}
