/**
 * Why the cluster gave no answer:
 *
 * - `denied`: it does not know us, or does not let us (401, 403);
 * - `expired`: it no longer has the state from which we asked (410), so all is listed again;
 * - `cut`: the connection ended while it was read, as load balancers do after some time. It goes on from there;
 * - `failed`: anything else. It is tried again.
 */
export type FailureKind = 'denied' | 'expired' | 'cut' | 'failed'

/** The cluster gave no answer. The message is the end of a sentence, without secrets. */
export class ApiFailure extends Error {
  readonly kind: FailureKind
  /** Milliseconds that the cluster asks us to wait. */
  readonly retryAfter: number

  constructor(kind: FailureKind, message: string, retryAfter = 0) {
    super(message)
    this.kind = kind
    this.retryAfter = retryAfter
  }
}

/** The failure that an answer tells: a status of HTTP, or a `Status` in a watch. */
export function failureOf(code: number, said: string | undefined, retryAfter = 0): ApiFailure {
  const message = said === undefined ? `the cluster answers ${code}` : `the cluster answers ${code}: ${said}`
  return new ApiFailure(kindOf(code), message, retryAfter)
}

function kindOf(code: number): FailureKind {
  if (code === 401 || code === 403) return 'denied'
  return code === 410 ? 'expired' : 'failed'
}
