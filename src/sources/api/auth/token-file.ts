import { readFileSync } from 'node:fs'
import { StoreError } from '../../../check/store-error.ts'

/** Reads a token that is sent as it is. @throws {StoreError} `STORE_DENIED` if the file holds no single token */
export function readTokenFile(file: string, registry: URL): string {
  const refuse = (why: string): StoreError =>
    new StoreError(`the token file ${file} ${why}`, { code: 'STORE_DENIED', place: registry.href })
  let token: string
  try {
    token = readFileSync(file, 'utf8').trim()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    throw refuse(`cannot be read: ${code}`)
  }
  if (token === '') throw refuse('is empty')
  if (!isTokenText(token)) throw refuse('contains more than one token')
  return token
}

/** Whether a text can be sent as a token: printable ASCII without spaces. */
export function isTokenText(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text)
}
