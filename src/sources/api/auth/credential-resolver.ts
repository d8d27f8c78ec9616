import { StoreError } from '../../../check/store-error.ts'
import { askHelper } from './credential-helper.ts'
import type { Credential, Secret } from './credentials.ts'
import { CredentialError } from './docker-config.ts'
import { readTokenFile } from './token-file.ts'

/** A user name and password. */
export type Password = Extract<Secret, { readonly is: 'basic' }>

/** The credential for one registry. Runs a credential helper when the credential is first needed, once. */
export class CredentialResolver {
  readonly #credential: Credential | undefined
  readonly #registry: URL
  #pending: Promise<Secret | undefined> | undefined
  /** `undefined` until the credential helper has answered. */
  #resolved: Secret | 'none' | undefined
  #wasUsed = false

  constructor(credential: Credential | undefined, registry: URL) {
    this.#credential = credential
    this.#registry = registry
    if (credential?.is === 'helper') return
    this.#resolved = credential === undefined || credential.is === 'withheld' ? 'none' : credential
  }

  /** The file of a token that is sent as it is. */
  get tokenFile(): string | undefined {
    return this.#credential?.is === 'token-file' ? this.#credential.from : undefined
  }

  /** The token in that file now. @throws {StoreError} if it holds none */
  readToken(): string {
    const token = readTokenFile(this.tokenFile ?? '', this.#registry)
    this.#wasUsed = true
    return token
  }

  /** Whether there is a password for `Basic`; `true` also until the helper has answered. */
  get mayHavePassword(): boolean {
    return this.#resolved === undefined || (this.#resolved !== 'none' && this.#resolved.is === 'basic')
  }

  /** The credential for a token server. @throws {StoreError} if the helper fails */
  async secret(signal: AbortSignal): Promise<Secret | undefined> {
    const resolved = await this.#resolve(signal)
    if (resolved === 'none') return undefined
    this.#wasUsed = true
    return resolved
  }

  /** The credential for `Basic`. @throws {StoreError} if the helper fails */
  async password(signal: AbortSignal): Promise<Password | undefined> {
    const resolved = await this.#resolve(signal)
    if (resolved === 'none' || resolved.is !== 'basic') return undefined
    this.#wasUsed = true
    return resolved
  }

  async #resolve(signal: AbortSignal): Promise<Secret | 'none'> {
    if (this.#resolved !== undefined) return this.#resolved
    this.#pending ??= this.#runHelper(signal)
    this.#resolved = (await this.#pending) ?? 'none'
    return this.#resolved
  }

  async #runHelper(signal: AbortSignal): Promise<Secret | undefined> {
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

  /** Which credential was tried, for an error message; never its value. */
  get tried(): string {
    const resolved = this.#resolved
    if (resolved === undefined) return 'its credential helper was not run'
    if (resolved === 'none') return `no credential was found for it${this.#whyNone()}`
    const what = `${NAMES[resolved.is]} of ${resolved.from}`
    return this.#wasUsed ? `tried the ${what}` : `it asked for the ${what} in an unknown way`
  }

  #whyNone(): string {
    const credential = this.#credential
    const withheld = credential?.is === 'helper' ? credential.otherwise : credential
    const helper = credential?.is === 'helper' ? `: ${credential.from} knows none` : ''
    return withheld?.is === 'withheld' ? `${helper}: ${withheld.why}` : helper
  }
}

const NAMES = { basic: 'password', 'identity-token': 'identity token', 'token-file': 'token' } as const
