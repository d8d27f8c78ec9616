import type { Parts } from '../parts.ts'
import type { Remedy } from '../remedy.ts'

/** How to restore content that this registry no longer has. */
export const COPY: string =
  'Copy the image from a registry that still has all of it, which keeps its digests, or rebuild and push it.'

/** Why a registry is restarted before a push. */
export const RESTART: string =
  'Restart the registry before any push, or the push skips what its cache still claims to have.'

/** Advice if only the API was scanned. */
export const SCAN_STORAGE: string =
  'The API does not show what is left of it: if you can, scan the storage, which shows the cause and whether it can be repaired without a rebuild.'

/** Copies the image from another registry, or asks for another push. */
export function pushAgain(parts: Parts, why: string, how: string = COPY): Remedy {
  return { action: 'push-again', why: `${why} ${parts.copyText(how)}`, steps: [...parts.inTheWay(), ...parts.copies()] }
}
