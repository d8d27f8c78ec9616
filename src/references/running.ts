import { useText } from '../check/findings/phrases.ts'
import type { RunningImage } from '../check/running/running-images.ts'
import type { Use } from '../check/use.ts'
import { InputError } from '../oci/input-error.ts'
import { redact } from '../oci/redact.ts'
import { parseReference, type Reference } from '../oci/reference.ts'
import { parseImageId } from './kubernetes/image-id.ts'

/** What runs of one image, each name once. */
export class RunningByName {
  readonly images: RunningImage[] = []
  readonly #reference: Reference
  readonly #places = new Map<string, string[]>()

  constructor(reference: Reference) {
    this.#reference = reference
  }

  /** @param text the `imageID` of a container */
  add(text: string, use: Use): void {
    const known = this.#places.get(text)
    if (known) {
      known.push(useText(use))
      return
    }
    const usedBy = [useText(use)]
    const image = runningImage(text, this.#reference)
    if (image === undefined) return
    this.#places.set(text, usedBy)
    this.images.push({ ...image, usedBy })
  }
}

/** @returns `undefined` if nothing runs yet */
function runningImage(text: string, reference: Reference) {
  const id = parseImageId(text)
  switch (id.is) {
    case 'none':
      return undefined
    case 'repository-digest':
      return {
        is: 'manifest',
        digest: id.digest,
        ...(isOf(id.name, reference) ? {} : { otherName: redact(id.name) }),
      } as const
    case 'config-digest':
      return { is: 'config', digest: id.digest } as const
    case 'imported':
      return { is: 'local', digest: id.digest, text } as const
    case 'local-id':
      return { is: 'local', digest: id.digest, text: id.digest } as const
    case 'unknown':
      return { is: 'local', digest: undefined, text: redact(text) } as const
  }
}

/** Whether a name is that of the image. How the registry is reached does not matter. */
function isOf(name: string, { origin, repository }: Reference): boolean {
  try {
    const named = parseReference(name)
    return named.repository === repository && hostOf(named.origin) === hostOf(origin)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return false
  }
}

function hostOf(origin: string): string {
  return origin.slice(origin.indexOf('//'))
}
