import type { Unreadable } from '../../../check/ports.ts'
import { hashOf } from '../../../check/walk/measure.ts'
import type { DecodedManifest, ManifestContent } from '../../../gc/inventory.ts'
import { decodeManifest, LARGEST_DECODED, TOO_LARGE } from '../../../gc/manifests/decode.ts'
import type { Digest } from '../../../oci/digest.ts'
import type { StorageDriver } from '../driver.ts'
import { Blobs } from '../repository/blobs.ts'
import { Reading } from './reading.ts'

/** Manifests that were read, in the order of the question. */
export interface ManifestPart {
  readonly contents: readonly ManifestContent[]
  readonly unreadable: readonly Unreadable[]
}

const UNKNOWN: DecodedManifest = { is: 'unknown' }

/** Reads manifests. @param digests of blobs that are known to be there */
export function readManifestPart(digests: readonly Digest[], v2: string, driver: StorageDriver): ManifestPart {
  const reading = new Reading(driver, v2)
  const blobs = new Blobs(v2, driver, { barred: new Map() })
  const contents = digests.map((digest) => {
    const bytes = reading.trying(() => blobs.read(digest, LARGEST_DECODED))
    if (bytes === undefined) return { v2: UNKNOWN, v3: UNKNOWN, isIntact: false }
    if (typeof bytes === 'number') return { v2: TOO_LARGE, v3: TOO_LARGE, isIntact: false }
    return { ...decodeManifest(bytes), isIntact: hashOf(bytes, digest) === digest }
  })
  return { contents, unreadable: reading.unreadable }
}
