import type { Use } from '../check/use.ts'
import { InputError } from '../oci/input-error.ts'
import { parsePlatform } from '../oci/platform.ts'
import { parseReference, type Reference } from '../oci/reference.ts'
import type { ImageReference, ReferencesRead, UnknownReference } from './reference.ts'

/** An image, and everything that needs it. It is checked once. */
export interface ImageNeed {
  readonly reference: Reference
  /** As the first use writes it. */
  readonly text: string
  /** What must be there for one platform, from `parsePlatform`. Missing: for all that the image has. */
  readonly platform: string | undefined
  readonly uses: readonly Use[]
}

/** What is to be checked, and what cannot be known. */
export interface Needs {
  readonly images: readonly ImageNeed[]
  readonly unknown: readonly UnknownReference[]
}

/**
 * Sorts references by image. Two names of the same image (`nginx`, `docker.io/library/nginx:latest`) are one.
 *
 * @param platform for references whose file names none; from `parsePlatform`
 */
export function needsOf({ images, unknown }: ReferencesRead, platform?: string): Needs {
  const needs = new Map<string, { readonly need: ImageNeed; readonly uses: Use[] }>()
  const invalid: UnknownReference[] = []
  for (const image of images) {
    const read = parse(image)
    if (typeof read === 'string') {
      const { image: text, place, usedBy } = image
      invalid.push({ text, place, usedBy, because: read })
      continue
    }
    const { reference, wantedPlatform = platform } = read
    const key = JSON.stringify([reference.origin, reference.repository, reference.wanted, wantedPlatform ?? ''])
    const known = needs.get(key)
    if (known) known.uses.push(useOf(image))
    else {
      const uses = [useOf(image)]
      needs.set(key, { need: { reference, text: image.image, platform: wantedPlatform, uses }, uses })
    }
  }
  return { images: [...needs.values()].map(({ need }) => need), unknown: [...unknown, ...invalid] }
}

/** @returns why it cannot be used, if it cannot */
function parse({
  image,
  platform,
}: ImageReference): string | { readonly reference: Reference; readonly wantedPlatform?: string } {
  try {
    const reference = parseReference(image)
    return platform === undefined ? { reference } : { reference, wantedPlatform: parsePlatform(platform) }
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return error.message
  }
}

function useOf({ place, usedBy }: ImageReference): Use {
  return { ...place, by: usedBy }
}
