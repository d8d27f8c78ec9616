import type { Answer } from '../../../check/ports.ts'
import { StoreError } from '../../../check/store-error.ts'

/** Questions of one repository under way at one time: more than there are connections, so that none of them is idle. */
const UNDER_WAY = 64

/** In the order of the questions. Only so many are begun at one time: a repository may have any number of them. */
export async function answers<Q, A>(
  questions: readonly Q[],
  ask: (question: Q) => Promise<A>,
): Promise<readonly Answer<A>[]> {
  const found: Answer<A>[] = []
  const waiting = questions.entries()
  const asker = async (): Promise<void> => {
    for (const [n, question] of waiting) found[n] = await answering(() => ask(question))
  }
  await Promise.all(Array.from({ length: Math.min(UNDER_WAY, questions.length) }, asker))
  return found
}

/** A store's error is an answer too. */
export async function answering<T>(ask: () => Promise<T>): Promise<Answer<T>> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof StoreError) return error
    throw error
  }
}
