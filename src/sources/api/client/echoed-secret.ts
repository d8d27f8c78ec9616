/** The error body, or nothing if it repeats the secret of the request: error bodies are quoted in the report. */
export function withoutEcho(errorBody: Uint8Array, authorization: string | undefined): Uint8Array {
  const [, secret = ''] = authorization?.split(' ') ?? []
  if (secret === '' || errorBody.byteLength === 0) return errorBody
  const text = Buffer.from(errorBody).toString('utf8')
  const password = Buffer.from(secret, 'base64')
    .toString('utf8')
    .replace(/^[^:]*:/, '')
  const echoes = text.includes(secret) || (/^basic /i.test(authorization ?? '') && text.includes(password))
  return echoes ? new Uint8Array() : errorBody
}
