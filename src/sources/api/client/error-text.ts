import { protocolErrors } from './protocol-errors.ts'
import type { RegistryResponse } from './registry-request.ts'

/** Characters that are quoted of a message, and of a header. */
const MESSAGE_LENGTH = 200
const HEADER_LENGTH = 40

/**
 * The server's own error message, to append to its status: `: DENIED: requested access to the resource is denied;
 * Retry-After: 120`. Empty if it sent none in a known format.
 */
export function serverMessage({ errorBody, headers }: Pick<RegistryResponse, 'errorBody' | 'headers'>): string {
  const [error] = protocolErrors(errorBody)
  const message =
    error === undefined ? storageErrorCode(errorBody) : [error.code, error.message].filter(isNotBlank).join(': ')
  const wait = headers['retry-after']
  return [
    message === undefined ? '' : `: ${oneLine(message, MESSAGE_LENGTH)}`,
    typeof wait === 'string' && isNotBlank(wait) ? `; Retry-After: ${oneLine(wait, HEADER_LENGTH)}` : '',
  ].join('')
}

/** The code in an object store's XML error. The rest is left out: it may show how a URL was signed. */
function storageErrorCode(body: Uint8Array): string | undefined {
  return /<Error>.*?<Code>([A-Za-z0-9.]{1,80})<\/Code>/s.exec(Buffer.from(body).toString('utf8'))?.[1]
}

/** Removes the queries of URLs: they may grant access. */
function oneLine(text: string, length: number): string {
  const line = text
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .replace(/(\bhttps?:\/\/[^\s?"'<>]*)\?[^\s"'<>]*/gi, '$1')
    .trim()
  return line.length > length ? `${line.slice(0, length)}…` : line
}

function isNotBlank(text: string): boolean {
  return text.trim() !== ''
}
