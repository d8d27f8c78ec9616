import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { digestOf, watchFile } from '../../src/serve/schedule/config-reload.ts'
import { scratch } from '../support/scratch.ts'
import { SimulatedClock } from '../support/simulated/clock.ts'

const LOOK = 5000

/** How often it has been called back. */
function watched(file: string, seen = digestOf(file)) {
  const clock = new SimulatedClock()
  let changes = 0
  const unwatch = watchFile(file, seen, () => changes++, clock)
  return { clock, unwatch, changes: () => changes }
}

describe('a watched file', () => {
  it('is reported once for each change, however it is written', async () => {
    const file = join(scratch(), 'regfsck.yaml')
    const elsewhere = join(scratch(), 'other.yaml')
    writeFileSync(file, 'one')
    writeFileSync(elsewhere, 'three')
    const { clock, changes } = watched(file)
    const ways = [
      () => writeFileSync(file, 'two'),
      () => rmSync(file),
      () => symlinkSync(elsewhere, file),
      () => writeFileSync(elsewhere, 'four'),
    ]
    for (const [n, change] of ways.entries()) {
      change()
      await clock.pass(3 * LOOK)
      expect(changes()).toBe(n + 1)
    }
  })

  it('may be a directory for a while, and is not reported if only its date differs', async () => {
    const file = join(scratch(), 'regfsck.yaml')
    mkdirSync(file)
    const { clock, changes } = watched(file)
    await clock.pass(3 * LOOK)
    expect(changes()).toBe(0)
    rmSync(file, { recursive: true })
    for (let n = 0; n < 2; n++) {
      writeFileSync(file, 'whole')
      await clock.pass(LOOK)
    }
    expect(changes()).toBe(1)
  })

  it('that changed while it was read for the first time is reported', async () => {
    const file = join(scratch(), 'regfsck.yaml')
    writeFileSync(file, 'as it was read')
    const seen = digestOf(file)
    writeFileSync(file, 'as it is')
    const { clock, changes } = watched(file, seen)
    await clock.pass(LOOK)
    expect(changes()).toBe(1)
  })

  it('is left alone when nobody wants to know any more', async () => {
    const file = join(scratch(), 'regfsck.yaml')
    const { clock, unwatch, changes } = watched(file)
    unwatch()
    writeFileSync(file, 'new')
    await clock.pass(3 * LOOK)
    expect({ changes: changes(), waiting: clock.waiting }).toEqual({ changes: 0, waiting: 0 })
  })
})
