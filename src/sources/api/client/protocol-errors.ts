/** One entry of the error body that the distribution protocol defines. May carry any text: escape before printing. */
export interface ProtocolError {
  /** Such as `NAME_UNKNOWN`. */
  readonly code: string
  readonly message: string
}

/**
 * The errors in the body of an answer that is no success; none where the body is not the protocol's own. The content type
 * does not count: some registries send the body as `text/plain`.
 *
 * @see distribution-spec v1.1.1, "Error Codes"
 */
export function protocolErrors(body: Uint8Array): readonly ProtocolError[] {
  const { errors } = recordIn(body)
  if (!Array.isArray(errors)) return []
  return errors.flatMap((error: unknown) => {
    const { code, message } = isRecord(error) ? error : {}
    return typeof code === 'string' && code !== ''
      ? [{ code, message: typeof message === 'string' ? message : '' }]
      : []
  })
}

/** Whether the body says, in the protocol's own form, that a thing is not there. Some registries use a code of their own. */
export function saysUnknown(body: Uint8Array): boolean {
  return protocolErrors(body).some(({ code }) => /UNKNOWN|NOT_?FOUND/i.test(code) && code.toUpperCase() !== 'UNKNOWN')
}

/** The object that a body holds as JSON; an empty one where it holds none. */
export function recordIn(body: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'))
    return isRecord(value) ? value : {}
  } catch {
    return {}
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
