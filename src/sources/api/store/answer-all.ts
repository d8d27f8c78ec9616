import type { Answer } from '../../../check/ports.ts'
import { StoreError } from '../../../check/store-error.ts'

/** Questions in progress for one repository: more than there are connections, so that no connection is idle. */
const MAX_PENDING = 64

/** Answers a batch of questions, in order. The number in progress is bounded: a repository may have any number of them. */
export async function answerAll<Q, A>(
  questions: readonly Q[],
  answer: (question: Q) => Promise<A>,
): Promise<readonly Answer<A>[]> {
  const found: Answer<A>[] = []
  const waiting = questions.entries()
  const worker = async (): Promise<void> => {
    for (const [n, question] of waiting) found[n] = await orStoreError(() => answer(question))
  }
  await Promise.all(Array.from({ length: Math.min(MAX_PENDING, questions.length) }, worker))
  return found
}

/** Returns a StoreError instead of throwing it. */
export async function orStoreError<T>(answer: () => Promise<T>): Promise<Answer<T>> {
  try {
    return await answer()
  } catch (error) {
    if (error instanceof StoreError) return error
    throw error
  }
}
