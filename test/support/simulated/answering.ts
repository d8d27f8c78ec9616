import type { Answer } from '../../../src/check/ports.ts'
import { StoreError } from '../../../src/check/store-error.ts'

/** An answer of a store: what could not be read is returned, not thrown. */
export function answering<T>(ask: () => T): Answer<T> {
  try {
    return ask()
  } catch (error) {
    if (error instanceof StoreError) return error
    throw error
  }
}
