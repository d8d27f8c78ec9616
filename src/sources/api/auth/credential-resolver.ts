import { readFileSync } from 'node:fs'
import { StoreError } from '../../../check/store-error.ts'
import { askHelper } from './credential-helper.ts'
import type { Credential, Secret } from './credentials.ts'
import { CredentialError } from './docker-config.ts'

/** Who asks: the credential, found out when it is first wanted, and what became of it. */
export class Identity {
  readonly #credential: Credential | undefined
  readonly #registry: URL
  #secret: Promise<Secret | undefined> | undefined
  /** Known once the helper, where there is one, has answered. */
  #known: Secret | 'none' | undefined
  #sent = false

  constructor(credential: Credential | undefined, registry: URL) {
    this.#credential = credential
    this.#registry = registry
    if (credential?.is === 'helper') return
    this.#known = credential === undefined || credential.is === 'withheld' ? 'none' : credential
  }

  /** File of a token that is sent as it is. */
  get tokenFile(): string | undefined {
    return this.#credential?.is === 'token-file' ? this.#credential.from : undefined
  }

  /** Whether there is a password to answer `Basic` with, as far as one can know before a helper has answered. */
  get mayHavePassword(): boolean {
    return this.#known === undefined || (this.#known !== 'none' && this.#known.is === 'basic')
  }

  /** For a token server. @throws {StoreError} where the helper fails */
  async secret(signal: AbortSignal): Promise<Secret | undefined> {
    const known = await this.#whatIsKnown(signal)
    if (known === 'none') return undefined
    this.#sent = true
    return known
  }

  /** For `Basic`. @throws {StoreError} where the helper fails */
  async password(signal: AbortSignal): Promise<Password | undefined> {
    const known = await this.#whatIsKnown(signal)
    if (known === 'none' || known.is !== 'basic') return undefined
    this.#sent = true
    return known
  }

  /** One run of the helper, however many ask. */
  async #whatIsKnown(signal: AbortSignal): Promise<Secret | 'none'> {
    if (this.#known !== undefined) return this.#known
    this.#secret ??= this.#find(signal)
    this.#known = (await this.#secret) ?? 'none'
    return this.#known
  }

  async #find(signal: AbortSignal): Promise<Secret | undefined> {
    const credential = this.#credential
    if (credential?.is !== 'helper') return undefined
    try {
      const otherwise = credential.otherwise?.is === 'withheld' ? undefined : credential.otherwise
      return (await askHelper(credential, signal)) ?? otherwise
    } catch (error) {
      if (!(error instanceof CredentialError)) throw error
      throw new StoreError(error.message, { code: 'STORE_DENIED', place: this.#registry.href, cause: error })
    }
  }

  /** The token that the file holds at this moment. @throws {StoreError} where it holds none */
  readToken(file: string): string {
    const refuse = (why: string): StoreError =>
      new StoreError(`the token file ${file} ${why}`, { code: 'STORE_DENIED', place: this.#registry.href })
    let token: string
    try {
      token = readFileSync(file, 'utf8').trim()
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : ''
      throw refuse(`cannot be read: ${code}`)
    }
    if (token === '') throw refuse('is empty')
    if (!isTokenText(token)) throw refuse('contains more than one token')
    this.#sent = true
    return token
  }

  /** What was tried, without its value. */
  get tried(): string {
    const known = this.#known
    if (known === undefined) return 'its credential helper was not run'
    if (known === 'none') return `no credential was found for it${this.#reason()}`
    const what = `${NAMES[known.is]} of ${known.from}`
    if (this.#sent) return `tried the ${what}`
    return `it asked for the ${what} in an unknown way`
  }

  #reason(): string {
    const credential = this.#credential
    const withheld = credential?.is === 'helper' ? credential.otherwise : credential
    const asked = credential?.is === 'helper' ? `: ${credential.from} knows none` : ''
    return withheld?.is === 'withheld' ? `${asked}: ${withheld.why}` : asked
  }
}

/** What `Basic` wants. */
export type Password = Extract<Secret, { readonly is: 'basic' }>

const NAMES = { basic: 'password', 'identity-token': 'identity token', 'token-file': 'token' } as const

/** Whether it can stand in a header. */
export function isTokenText(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text)
}
