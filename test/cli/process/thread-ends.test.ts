import { Worker } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { threadsHang } from '../../../src/cli/process/thread-ends.ts'

/** Milliseconds that a thread takes to end: more than is given to one that waits for a disk. */
const BUSY = 1500

it('a thread that works longer than half a second before it ends does not hang', async () => {
  const worker = new Worker(`const end = Date.now() + ${BUSY}; while (Date.now() < end);`, { eval: true })
  const ended = new Promise((resolve) => worker.once('exit', resolve))
  expect(await threadsHang(ended)).toBe(false)
})

it('a thread that waits, and does not end, hangs', async () => {
  const worker = new Worker('Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)', { eval: true })
  const ended = new Promise((resolve) => worker.once('exit', resolve))
  expect(await threadsHang(ended)).toBe(true)
  await worker.terminate()
})
