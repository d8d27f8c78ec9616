import type { RunningImage } from '../check/running/running-images.ts'
import type { Use } from '../check/use.ts'
import { InputError } from '../oci/input-error.ts'
import { parsePlatform } from '../oci/platform.ts'
import { parseReference, type Reference } from '../oci/reference.ts'
import type { ImageReference, ReferencesRead, UnknownReference } from './reference.ts'
import { RunningByName } from './running.ts'

/** An image, and everything that needs it. It is checked once. */
export interface ImageNeed {
  readonly reference: Reference
  /** As the first use writes it. */
  readonly text: string
  /** What must be there for one platform, from `parsePlatform`. Missing: for all that the image has. */
  readonly platform: string | undefined
  readonly uses: readonly Use[]
  /** What runs of it now, as far as the files say. */
  readonly running: readonly RunningImage[]
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
  const needs = new Map<string, OpenNeed>()
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
    const known = needs.get(key) ?? emptyNeed(read, image.image, platform)
    needs.set(key, known)
    const use = useOf(image)
    known.uses.push(use)
    if (image.running !== undefined) known.running.add(image.running, use)
  }
  return { images: [...needs.values()].map(({ need }) => need), unknown: [...unknown, ...invalid] }
}

/** A need while its uses are gathered. */
interface OpenNeed {
  readonly need: ImageNeed
  readonly uses: Use[]
  readonly running: RunningByName
}

function emptyNeed({ reference, wantedPlatform }: Parsed, text: string, usual: string | undefined): OpenNeed {
  const uses: Use[] = []
  const running = new RunningByName(reference)
  return { need: { reference, text, platform: wantedPlatform ?? usual, uses, running: running.images }, uses, running }
}

/** @returns why it cannot be used, if it cannot */
function parse({ image, platform }: ImageReference): string | Parsed {
  try {
    const reference = parseReference(image)
    return platform === undefined ? { reference } : { reference, wantedPlatform: parsePlatform(platform) }
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return error.message
  }
}

interface Parsed {
  readonly reference: Reference
  readonly wantedPlatform?: string
}

function useOf({ place, usedBy }: ImageReference): Use {
  return { ...place, by: usedBy }
}
