import { StoreError } from '../../../check/store-error.ts'
import type { Head } from '../http/transport.ts'

/** Whether an answer is a page for people, such as the one where they sign in: a registry serves none. */
export function isWebPage({ status, headers }: Head): boolean {
  return status >= 200 && status < 300 && /^text\/html\b/i.test(String(headers['content-type']))
}

/** @param due what was asked for */
export function webPage(due: 'manifest' | 'blob', place: string): StoreError {
  return new StoreError(`sent a web page instead of a ${due}`, { code: 'STORE_MALFORMED', place })
}
