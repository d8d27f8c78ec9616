import { describe, expect, it } from 'vitest'
import type { ScanEvent } from '../../../src/check/events.ts'
import { AsyncQueue } from '../../../src/check/scan/async-queue.ts'
import { digestOf, image, index } from '../../support/builders/images.ts'
import { fc } from '../../support/fast-check.ts'
import { MemoryRegistry } from '../../support/simulated/memory-registry.ts'
import { memorySource } from '../../support/simulated/memory-source.ts'
import { brief, eventsOf, scanOptions } from '../scene.ts'

const NAMES = ['zeta', 'a/b', 'a', 'a-b', 'b', 'mid/dle']

/** The same damage, whatever the order in which it was pushed. */
function damagedRegistry(names: readonly string[] = NAMES, order: readonly number[] = [0, 1, 2]): MemoryRegistry {
  const registry = new MemoryRegistry()
  for (const name of names) {
    const pushes = [
      () => registry.push(name, index([image('one'), image('two')]), 'v2'),
      () => registry.push(name, image('three'), 'v10'),
      () => registry.push(name, image('four'), 'latest'),
    ]
    for (const n of order) pushes[n]?.()
    const links = registry.repository(name)
    for (const n of order) links.tags.set(`bad-${n}`, '')
    for (const n of order) links.layers.set(digestOf(Buffer.from(`${n}`)), digestOf(Buffer.from(`${n}`)))
    for (const n of order) links.revisions.set(digestOf(Buffer.from(`x${n}`)), '')
    links.revisions.delete(image('two').descriptor.digest)
  }
  for (const name of ['three', 'four']) registry.blobs.delete(image(name).config.descriptor.digest)
  registry.unreadable.set(registry.at.data(image('one').config.descriptor.digest), 'STORE_TIMEOUT')
  return registry
}

/** An event in a line, so that a difference can be read. */
function word(event: ScanEvent): string {
  if (event.type === 'finding') return brief([event.finding]).join()
  if (event.type === 'unchecked') return `${event.record.repository} ${event.record.because} ${event.record.digest}`
  return event.type === 'tag' ? `${event.record.repository}:${event.record.tag} ${event.record.verdict}` : event.type
}

describe('two scans of the same registry report the same in the same order', () => {
  const once: Promise<ScanEvent[]> = eventsOf(memorySource(damagedRegistry()))

  it('for any number of parallel looks, whichever ends first', async () => {
    const expected = await once
    expect(expected.length).toBeGreaterThan(60)
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 8 }),
        fc.array(fc.nat({ max: 5 }), { minLength: 1 }),
        async (width, waits) => {
          let looks = 0
          const before = async (): Promise<void> => {
            const turns = waits[looks++ % waits.length] ?? 0
            for (let n = 0; n < turns; n++) await new Promise((resolve) => setImmediate(resolve))
          }
          expect(await eventsOf(memorySource(damagedRegistry(), { width, before }))).toEqual(expected)
        },
      ),
      { numRuns: 20 },
    )
  })

  it('for any order of the listed repositories', async () => {
    const expected = await once
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(NAMES, { minLength: NAMES.length }), async (names) => {
        const repositories = async function* (): AsyncGenerator<string> {
          yield* names
        }
        expect(await eventsOf(memorySource(damagedRegistry(), { repositories }), scanOptions())).toEqual(expected)
      }),
      { numRuns: 20 },
    )
  })

  it('for any order of the listed tags and links', async () => {
    const expected = await eventsOf(memorySource(damagedRegistry(['app'])))
    const other = await eventsOf(memorySource(damagedRegistry(['app'], [2, 0, 1])))
    expect(other.map(word)).toEqual(expected.map(word))
    expect(other).toEqual(expected)
  })
})

describe('an async queue', () => {
  it('yields items in order, and ends when it is closed and empty', async () => {
    const box = new AsyncQueue<number>()
    box.put(1)
    box.put(2)
    const read: number[] = []
    const reader = (async () => {
      for await (const item of box) read.push(item)
    })()
    await new Promise((resolve) => setImmediate(resolve))
    expect(read).toEqual([1, 2])
    box.put(3)
    box.close()
    await reader
    expect(read).toEqual([1, 2, 3])
  })

  it('loses nothing that is put in while its reader is busy', async () => {
    const box = new AsyncQueue<number>()
    const read: number[] = []
    box.put(0)
    for await (const item of box) {
      read.push(item)
      if (item < 3) box.put(item + 1)
      if (item === 3) box.close()
    }
    expect(read).toEqual([0, 1, 2, 3])
  })

  it('ends at once if it is closed while empty', async () => {
    const box = new AsyncQueue<number>()
    box.close()
    const read: number[] = []
    for await (const item of box) read.push(item)
    expect(read).toEqual([])
  })
})
