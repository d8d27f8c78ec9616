import type { Answer } from '../../check/ports.ts'
import { StoreError } from '../../check/store-error.ts'
import { NotFetched } from './driver.ts'

/** The number of answers fetched in parallel: limits what a driver has to keep. */
const WINDOW = 256

/** Asks a driver, and asks again whenever it has fetched what was missing. @param ask changes nothing before it has its answer */
export async function whenFetched<T>(ask: () => T): Promise<T> {
  for (;;) {
    try {
      return ask()
    } catch (error) {
      if (!(error instanceof NotFetched)) throw error
      await error.fetched
    }
  }
}

/**
 * Asks all questions of a batch. Missing data is fetched for many of them in parallel; a driver that never has to fetch
 * costs no promise per question.
 *
 * @param ask may ask the driver several things in a row, each from the start after something was fetched
 */
export async function answerAll<Q, T>(questions: readonly Q[], ask: (question: Q) => T): Promise<readonly Answer<T>[]> {
  const answers: Answer<T>[] = []
  let fetching: Promise<void>[] = []
  const take = (n: number, question: Q): void => {
    const answer = attempt(ask, question)
    if (!(answer instanceof NotFetched)) answers[n] = answer
    else
      fetching.push(
        answer.fetched.then(() => {
          take(n, question)
        }),
      )
  }
  let n = 0
  for (const question of questions) {
    take(n++, question)
    if (fetching.length >= WINDOW) await settled()
  }
  await settled()
  return answers

  /** Each may begin to fetch the next thing that its question needs. */
  async function settled(): Promise<void> {
    while (fetching.length > 0) {
      const begun = fetching
      fetching = []
      await Promise.all(begun)
    }
  }
}

/** A StoreError is an answer too. */
export function orStoreError<T>(ask: () => T): Answer<T> {
  try {
    return ask()
  } catch (error) {
    if (error instanceof StoreError) return error
    throw error
  }
}

function attempt<Q, T>(ask: (question: Q) => T, question: Q): Answer<T> | NotFetched {
  try {
    return ask(question)
  } catch (error) {
    if (error instanceof StoreError || error instanceof NotFetched) return error
    throw error
  }
}
