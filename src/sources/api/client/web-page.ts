import { StoreError } from '../../../check/store-error.ts'
import type { ResponseHead } from '../http/http-request.ts'
import { isSuccess } from './registry-request.ts'

/** Whether a response is an HTML page, such as a login page. A registry serves none. */
export function isWebPage({ status, headers }: ResponseHead): boolean {
  return isSuccess(status) && /^text\/html\b/i.test(String(headers['content-type']))
}

/** An HTML page came with a success status, so clients take it for what they asked for. */
export class WebPageError extends StoreError {
  /** @param expected what was requested */
  constructor(expected: 'manifest' | 'blob', place: string) {
    super(`sent a web page instead of a ${expected}`, { code: 'STORE_MALFORMED', place })
  }
}
