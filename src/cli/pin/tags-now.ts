import type { Rules } from '../../check/rules.ts'
import { TargetError } from '../../check/source.ts'
import { StoreError } from '../../check/store-error.ts'
import { parseReference } from '../../oci/reference.ts'
import { partsOf } from '../../references/image-parts.ts'
import type { Wanted } from '../check/wanted.ts'
import type { Job } from '../run/job.ts'
import type { PinTarget } from './pin-targets.ts'

/** A tag, and the image that it would be. */
export interface TagImage {
  readonly key: string
  readonly wanted: Wanted
}

/** What a tag is now. */
export type TagNow =
  | { readonly is: 'digest'; readonly digest: string }
  /** The registry no longer has it. */
  | { readonly is: 'gone' }
  | { readonly is: 'unknown' }

/** The tags of what is pinned, each once. */
export function tagImages(targets: readonly PinTarget[]): readonly TagImage[] {
  const keys = new Set(
    targets.flatMap(({ key, pinned, image }) =>
      pinned === undefined || image === undefined || !hasTag(key) ? [] : [key],
    ),
  )
  return [...keys].map((key) => ({ key, wanted: { ...parseReference(key), text: key } }))
}

/** Whether a reference without a digest names a tag: a key that had neither would be `latest`. */
function hasTag(key: string): boolean {
  return key !== partsOf(key).name
}

/** Asks which digest a tag is now, without a check of what it names. */
export async function tagNow(job: Job, rules: Rules, signal: AbortSignal): Promise<TagNow> {
  try {
    const source = await job.open()
    for await (const repository of source.repositories(signal)) {
      if (typeof repository !== 'string') return { is: 'unknown' }
      const how = {
        rules: { ...rules, depth: 'graph' },
        allTags: true,
        again: false,
        seenBefore: undefined,
        signal,
      } as const
      const [tag] = (await source.check(repository, how)).tags
      if (tag === undefined || tag.verdict === 'unchecked') return { is: 'unknown' }
      return tag.digest === undefined ? { is: 'gone' } : { is: 'digest', digest: tag.digest }
    }
    return { is: 'unknown' }
  } catch (error) {
    if (error instanceof TargetError || error instanceof StoreError || signal.aborted) return { is: 'unknown' }
    throw error
  }
}
