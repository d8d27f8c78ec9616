import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { stopSignal } from '../../../src/cli/process/stop-signal.ts'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

describe('the signal that stops a run', () => {
  it('comes when the deadline has passed, however often the garbage was collected before', async () => {
    const { signal } = stopSignal([new AbortController().signal], 500)
    for (let n = 0; n < 10; n++) {
      collectGarbage()
      await sleep(5)
    }
    await sleep(700)
    expect(signal.aborted).toBe(true)
    expect(signal.reason).toMatchObject({ name: 'TimeoutError' })
  })

  it('comes with the reason of the signal that was first', async () => {
    const [first, second] = [new AbortController(), new AbortController()]
    const { signal } = stopSignal([first.signal, second.signal], 60_000)
    collectGarbage()
    second.abort('SIGTERM')
    first.abort('SIGINT')
    expect(signal.reason).toBe('SIGTERM')
    expect(stopSignal([first.signal]).signal.reason).toBe('SIGINT')
  })

  it('comes late, and at once when it is checked, where the thread was held up', () => {
    const { signal, check } = stopSignal([], 20)
    const begun = performance.now()
    while (performance.now() - begun < 50);
    expect(signal.aborted).toBe(false)
    check()
    expect(signal.reason).toMatchObject({ name: 'TimeoutError' })
    const far = stopSignal([], 60_000)
    far.check()
    expect(far.signal.aborted).toBe(false)
    far.release()
  })

  it('does not come after its run has let go of it', async () => {
    const outer = new AbortController()
    const { signal, release } = stopSignal([outer.signal], 20)
    release()
    await sleep(60)
    outer.abort()
    expect(signal.aborted).toBe(false)
  })
})
