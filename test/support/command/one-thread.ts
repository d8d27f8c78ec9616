type Pools = typeof import('../../../src/sources/storage/thread-pool.ts')

/**
 * What to mock `thread-pool.ts` with, so that the work is done in the calling thread: threads run compiled code only.
 *
 *     vi.mock(import('…/src/sources/storage/thread-pool.ts'), async (original) => (await import('…/one-thread.ts')).oneThread(original))
 */
export async function oneThread(original: () => Promise<Pools>): Promise<Partial<Pools>> {
  const { inProcessPool } = await original()
  return { inProcessPool, threadPool: (setting) => inProcessPool(setting) }
}
