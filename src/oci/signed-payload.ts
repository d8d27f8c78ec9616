/**
 * What a signed schema 1 manifest signs: the document as it was before its signatures were put in.
 *
 * @returns `undefined` where the bytes are no such document
 * @see distribution 2.8, docs/spec/manifest-v2-1.md: `protected` holds where to cut and what to put there
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
