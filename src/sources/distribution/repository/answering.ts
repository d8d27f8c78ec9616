import type { Answer } from '../../../check/ports.ts'
import { StoreError } from '../../../check/store-error.ts'

/** Ask, and take what could not be told as an answer too. */
export function answering<T>(ask: () => T): Answer<T> {
  try {
    return ask()
  } catch (error) {
    if (error instanceof StoreError) return error
    throw error
  }
}
