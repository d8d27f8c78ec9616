type Crews = typeof import('../../../src/sources/storage/thread-pool.ts')

/**
 * What to mock `crew.ts` with, so that the work is done in the calling thread: threads run compiled code only.
 *
 *     vi.mock(import('…/src/sources/disk/crew.ts'), async (original) => (await import('…/one-thread.ts')).oneThread(original))
 */
export async function oneThread(original: () => Promise<Crews>): Promise<Partial<Crews>> {
  const { soloCrew } = await original()
  return { soloCrew, threadCrew: (setting) => soloCrew(setting) }
}
