import { isDigest } from '../../oci/digest.ts'
import { keyOf, partsOf } from '../../references/image-parts.ts'
import type { AllReferences, LeftOut } from '../../references/read.ts'
import type { ImageReference, UnknownReference } from '../../references/reference.ts'
import type { Selection } from './selection.ts'

/** A reference that is to be pinned. */
export interface Candidate {
  readonly reference: ImageReference
  /** What it names without a digest. */
  readonly key: string
  /** The digest that it names in its file. */
  readonly digest: string | undefined
  /** Who uses it; if one user of a file names it several times, with a number: `list 2`. */
  readonly user: string
  /** The service of a compose file whose image it is. */
  readonly service: string | undefined
}

/** What is to be pinned, and what is not. */
export interface Candidates {
  readonly taken: readonly Candidate[]
  /** References of what `--only` and `--exclude` leave out. */
  readonly others: readonly ImageReference[]
  readonly unknown: readonly UnknownReference[]
}

/** Sorts the references of files. */
export function candidatesIn({ images, unknown, services }: AllReferences, selection: Selection): Candidates {
  const names = new Map(services.map(({ name, place }) => [useKey({ place, usedBy: `service ${name}` }), name]))
  const taken = images.filter(({ usedBy }) => selection.takes(usedBy))
  return {
    taken: withUsers(taken).map(({ reference, user }) => ({
      reference,
      user,
      ...partsIn(reference),
      service: names.get(useKey(reference)),
    })),
    others: images.filter(({ usedBy }) => !selection.takes(usedBy)),
    unknown: unknown.filter(({ usedBy }) => selection.takes(usedBy)),
  }
}

function withUsers(
  references: readonly ImageReference[],
): readonly { readonly reference: ImageReference; readonly user: string }[] {
  const counts = new Map<string, number>()
  return references.map((reference) => {
    const { place, usedBy, image } = reference
    const key = JSON.stringify([place.file, usedBy, keyOf(image)])
    const nth = (counts.get(key) ?? 0) + 1
    counts.set(key, nth)
    return { reference, user: nth === 1 ? usedBy : `${usedBy} ${nth}` }
  })
}

/** What is no reference stays whole, so that it is refused as it is, and without what may be a password. */
function partsIn({ image }: ImageReference): Pick<Candidate, 'key' | 'digest'> {
  const { digest } = partsOf(image)
  if (digest !== undefined && !isDigest(digest)) return { key: image, digest: undefined }
  return { key: keyOf(image), digest }
}

/** What tells one use of an image from all others. */
export function useKey({ place, usedBy }: Pick<ImageReference, 'place' | 'usedBy'>): string {
  return JSON.stringify([place.file, place.line, place.column, usedBy])
}

/** A candidate that is not pinned after all. */
export function leftOut({ reference: { place, usedBy } }: Candidate, because: string): LeftOut {
  return { place, what: usedBy, because }
}
