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
  /** Whether compose builds it for each of them, so that it may be in no registry. */
  readonly isBuilt: boolean
  /** What runs of it now, as far as the files say. */
  readonly running: readonly RunningImage[]
  /** Names of the pull secrets of its first use: `shop/registry-login`. */
  readonly pullSecrets: readonly string[]
}

/** What is to be checked, and what cannot be known. */
export interface Needs {
  readonly images: readonly ImageNeed[]
  readonly unknown: readonly UnknownReference[]
}

/**
 * Sorts references by image. Two names of the same image (`nginx`, `docker.io/library/nginx:latest`) are one.
 *
 * @param platform for references whose file names none: from `parsePlatform`, or `auto` for those of the nodes
 * @param apart uses for which it returns different texts are checked apart
 */
export function needsOf({ images, unknown }: ReferencesRead, platform?: string, apart: Apart = () => ''): Needs {
  const needs = new Map<string, OpenNeed>()
  const invalid: UnknownReference[] = []
  const unknownNodes = new Set<string>()
  for (const image of images) {
    const read = parse(image, platform)
    const { image: text, place, usedBy, unknownNode } = image
    if (typeof read === 'string') {
      invalid.push({ text, place, usedBy, because: read })
      continue
    }
    if (platform === AUTO && unknownNode !== undefined && !unknownNodes.has(unknownNode)) {
      unknownNodes.add(unknownNode)
      invalid.push({ text, place, usedBy, because: nodeNotKnown(unknownNode) })
    }
    const { reference, platforms } = read
    const by = apart(reference, image)
    const use = useOf(image)
    for (const wantedPlatform of platforms) {
      const key = JSON.stringify([reference.origin, reference.repository, reference.wanted, wantedPlatform ?? '', by])
      const known = needs.get(key) ?? emptyNeed(reference, image, wantedPlatform)
      needs.set(key, known)
      known.uses.push(use)
      if (image.isBuilt !== true) known.isPulled = true
      if (image.running !== undefined) known.running.add(image.running, use)
    }
  }
  const found = [...needs.values()].map(({ need, isPulled }) => ({ ...need, isBuilt: !isPulled }))
  return { images: found, unknown: [...unknown, ...invalid] }
}

type Apart = (reference: Reference, image: ImageReference) => string

/** The word for the platforms of the nodes. */
export const AUTO = 'auto'

function nodeNotKnown(node: string): string {
  return `the platform of its node ${node} is not known: add the output of kubectl get nodes -o json`
}

/** A need while its uses are gathered. */
interface OpenNeed {
  readonly need: Omit<ImageNeed, 'isBuilt'>
  readonly uses: Use[]
  readonly running: RunningByName
  /** Whether some use needs it from a registry. */
  isPulled: boolean
}

function emptyNeed(
  reference: Reference,
  { image: text, pullSecrets = [] }: ImageReference,
  platform: string | undefined,
): OpenNeed {
  const uses: Use[] = []
  const running = new RunningByName(reference)
  return {
    need: { reference, text, platform, uses, running: running.images, pullSecrets },
    uses,
    running,
    isPulled: false,
  }
}

/** @returns why it cannot be used, if it cannot */
function parse({ image, platform, platformsOfNodes = [] }: ImageReference, usual: string | undefined): string | Parsed {
  try {
    const reference = parseReference(image)
    if (platform !== undefined) return { reference, platforms: [parsePlatform(platform)] }
    if (usual !== AUTO) return { reference, platforms: [usual] }
    const platforms = platformsOfNodes.map((text) => parsePlatform(text))
    return { reference, platforms: platforms.length > 0 ? platforms : [undefined] }
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return error.message
  }
}

interface Parsed {
  readonly reference: Reference
  /** To be checked for; `undefined` is all that the image has. */
  readonly platforms: readonly (string | undefined)[]
}

function useOf({ place, usedBy }: ImageReference): Use {
  return { ...place, by: usedBy }
}
