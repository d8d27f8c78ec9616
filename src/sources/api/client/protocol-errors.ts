/** One error of the distribution protocol. Its text comes from the server: escape before printing. */
export interface ProtocolError {
  /** Such as `NAME_UNKNOWN`. */
  readonly code: string
  readonly message: string
}

/**
 * The protocol errors in an error body; empty if it has another format. The content type is ignored, because some registries
 * send `text/plain`.
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

/** Whether an error body says, as a protocol error, that a thing does not exist. Some registries use codes of their own. */
export function saysUnknown(body: Uint8Array): boolean {
  return protocolErrors(body).some(({ code }) => /UNKNOWN|NOT_?FOUND/i.test(code) && code.toUpperCase() !== 'UNKNOWN')
}

/** The JSON object in a body; an empty one if there is none. */
export function recordIn(body: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'))
    return isRecord(value) ? value : {}
  } catch {
    return {}
  }
}

/** Whether a value is a JSON object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
