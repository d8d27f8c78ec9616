/**
 * The payload of a signed schema 1 manifest: the document before its signatures were added.
 *
 * @returns `undefined` if the bytes are not such a document
 * @see distribution 2.8, docs/spec/manifest-v2-1.md: `protected` has the position to cut at and the text to append
 */
export function signedPayload(bytes: Uint8Array): Uint8Array | undefined {
  const cut = firstSignature(bytes)
  if (cut === undefined) return undefined
  const { formatLength, formatTail } = cut
  return Buffer.concat([bytes.subarray(0, formatLength), Buffer.from(formatTail, 'base64url')])
}

function firstSignature(bytes: Uint8Array): { readonly formatLength: number; readonly formatTail: string } | undefined {
  try {
    const document = JSON.parse(Buffer.from(bytes).toString('utf8')) as {
      signatures?: { protected?: unknown }[]
    } | null
    const signed = document?.signatures?.[0]?.protected
    if (typeof signed !== 'string') return undefined
    const { formatLength, formatTail } = JSON.parse(Buffer.from(signed, 'base64url').toString('utf8')) as Readonly<
      Record<string, unknown>
    >
    const fits = typeof formatLength === 'number' && formatLength >= 0 && formatLength <= bytes.byteLength
    return fits && typeof formatTail === 'string' ? { formatLength, formatTail } : undefined
  } catch {
    return undefined
  }
}
