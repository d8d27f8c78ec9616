import { type Digest, hashAlgorithmOf, isDigest } from '../../../oci/digest.ts'
import { requireFile, type StorageDriver } from '../driver.ts'

/** The content of a link file. The reference server parses it strictly: anything but a digest of a registered algorithm is an error. */
export type Link =
  | { readonly is: 'names'; readonly digest: Digest }
  | { readonly is: 'missing' }
  | {
      readonly is: 'invalid'
      /** The first bytes, escaped as JSON; `"a directory"` if it is one. */
      readonly content: string
    }

/** Longer than any valid link. */
const buffer = new Uint8Array(256)
const text = Buffer.from(buffer.buffer)

/**
 * @param expected the expected digest, if known: then its grammar need not be checked
 * @throws {StoreError}
 */
export function readLink(driver: StorageDriver, path: string, expected?: Digest): Link {
  if (expected !== undefined && driver.holds?.(path, expected) === true) return { is: 'names', digest: expected }
  let first: string | undefined
  const read = driver.read(path, buffer, (bytes) => {
    first = text.toString('latin1', 0, bytes)
    return isLink(first, expected)
  })
  if (read === 'missing') return { is: 'missing' }
  if (read === 'directory') return { is: 'invalid', content: 'a directory' }
  // The first read got all of it, or it was read to its end.
  const content = first?.length === read ? first : text.toString('latin1', 0, read)
  if (content === expected) return { is: 'names', digest: expected }
  if (isLink(content, expected)) return { is: 'names', digest: content }
  requireFile(driver, path)
  return { is: 'invalid', content: JSON.stringify(content.slice(0, 100)) }
}

function isLink(content: string, expected: Digest | undefined): content is Digest {
  return content === expected || (isDigest(content) && hashAlgorithmOf(content) !== undefined)
}
