/** What is wrong with text from an operator or a registry. */
export type InputErrorCode = 'DIGEST_INVALID' | 'REFERENCE_INVALID' | 'OPTION_INVALID'

/** The text is wrong. Retrying cannot help. */
export class InputError extends Error {
  readonly code: InputErrorCode

  constructor(message: string, options: { readonly code: InputErrorCode; readonly cause?: unknown }) {
    super(message, { cause: options.cause })
    this.name = 'InputError'
    this.code = options.code
  }
}
