import type { AnsweredBy } from './client.ts'
import { protocolErrors } from './protocol-errors.ts'

/** Characters of a message that are repeated, and of a header. */
const MESSAGE_LENGTH = 200
const HEADER_LENGTH = 40

/**
 * What a server itself says of an answer that is no success, to stand after its status: `: DENIED: requested access to the
 * resource is denied; Retry-After: 120`. Empty where it says nothing in a form that is known.
 */
export function serverWords({ errorBody, headers }: Pick<AnsweredBy, 'errorBody' | 'headers'>): string {
  const [error] = protocolErrors(errorBody)
  const said = error === undefined ? storageErrorCode(errorBody) : [error.code, error.message].filter(isSaid).join(': ')
  const wait = headers['retry-after']
  return [
    said === undefined ? '' : `: ${oneLine(said, MESSAGE_LENGTH)}`,
    typeof wait === 'string' && isSaid(wait) ? `; Retry-After: ${oneLine(wait, HEADER_LENGTH)}` : '',
  ].join('')
}

/** Object stores answer in XML, of which the code is enough: the rest may tell how a URL was signed. */
function storageErrorCode(body: Uint8Array): string | undefined {
  return /<Error>.*?<Code>([A-Za-z0-9.]{1,80})<\/Code>/s.exec(Buffer.from(body).toString('utf8'))?.[1]
}

/** A URL is told without its query, which may let in whoever knows it. */
function oneLine(text: string, length: number): string {
  const line = text
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .replace(/(\bhttps?:\/\/[^\s?"'<>]*)\?[^\s"'<>]*/gi, '$1')
    .trim()
  return line.length > length ? `${line.slice(0, length)}…` : line
}

function isSaid(text: string): boolean {
  return text.trim() !== ''
}
