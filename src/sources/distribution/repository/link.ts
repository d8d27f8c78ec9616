import { type Digest, hashAlgorithmOf, isDigest } from '../../../oci/digest.ts'
import { requireFile, type StorageDriver } from '../driver.ts'

/** What a link file says. The reference server parses it strictly: anything but a digest of a registered algorithm is an error. */
export type Link =
  | { readonly is: 'names'; readonly digest: Digest }
  | { readonly is: 'missing' }
  | {
      readonly is: 'invalid'
      /** The first bytes, escaped as JSON; `"a directory"` where it is one. */
      readonly content: string
    }

/** Longer than any link can lawfully be. */
const buffer = new Uint8Array(256)
const text = Buffer.from(buffer.buffer)

/**
 * @param expected what it should name, if that is known: spares the check of its grammar
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
  // What came first was all of it, or was read on.
  const content = first?.length === read ? first : text.toString('latin1', 0, read)
  if (content === expected) return { is: 'names', digest: expected }
  if (isLink(content, expected)) return { is: 'names', digest: content }
  requireFile(driver, path)
  return { is: 'invalid', content: JSON.stringify(content.slice(0, 100)) }
}

function isLink(content: string, expected: Digest | undefined): content is Digest {
  return content === expected || (isDigest(content) && hashAlgorithmOf(content) !== undefined)
}
