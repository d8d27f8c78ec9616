import { describe, expect, it } from 'vitest'
import { type Suspects, TargetError } from '../../../src/check/source.ts'
import { image } from '../../support/builders/images.ts'
import { MemoryRegistry } from '../../support/simulated/memory-registry.ts'
import { memorySource } from '../../support/simulated/memory-source.ts'
import { eventsOf, only, scanOptions } from '../scene.ts'

/** Five repositories, all of them broken. */
function broken(): MemoryRegistry {
  const registry = new MemoryRegistry()
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    registry.push(name, image(name), 'latest')
    registry.blobs.delete(image(name).config.descriptor.digest)
  }
  return registry
}

const STOPPED = { complete: false, stopped: true }

describe('a scan that is stopped', () => {
  it('before it begins checks nothing', async () => {
    const stop = AbortSignal.abort()
    const source = memorySource(broken())
    const events = await eventsOf(source, scanOptions(), stop)
    expect(events.map(({ type }) => type)).toEqual(['target', 'summary'])
    expect([events[1], source.checks]).toMatchObject([STOPPED, []])
  })

  it('reports its findings so far as unconfirmed, and starts nothing new', async () => {
    const stop = new AbortController()
    let pauses = 0
    const source = memorySource(broken(), {
      before: (repository) => {
        if (repository === 'c') stop.abort()
      },
    })
    const pause = async () => {
      pauses++
    }
    const events = await eventsOf(source, scanOptions({ pause }), stop.signal)
    const reported = only(events, 'finding').map(({ finding }) => [finding.repository, finding.confirmed])
    expect(reported).toEqual([
      ['a', false],
      ['b', false],
      ['c', false],
    ])
    expect(events.at(-1)).toMatchObject({ ...STOPPED, totals: { repositories: 3 } })
    expect([source.checks.length, pauses]).toEqual([3, 0])
  })

  it('in the pause before the second look does not look again', async () => {
    const stop = new AbortController()
    const source = memorySource(broken())
    const pause = async () => stop.abort()
    const events = await eventsOf(source, scanOptions({ pause }), stop.signal)
    expect(events.at(-1)).toMatchObject(STOPPED)
    expect(source.checks).toHaveLength(5)
    expect(only(events, 'finding').map(({ finding }) => finding.confirmed)).toEqual([false, false, false, false, false])
  })

  it('in the second look confirms nothing', async () => {
    const stop = new AbortController()
    const source = memorySource(broken(), {
      before: (repository, nth) => {
        if (repository === 'b' && nth === 2) stop.abort()
      },
    })
    const events = await eventsOf(source, scanOptions(), stop.signal)
    expect(events.at(-1)).toMatchObject(STOPPED)
    expect(only(events, 'finding').every(({ finding }) => !finding.confirmed)).toBe(true)
  })

  it('passes the signal to every look', async () => {
    const stop = new AbortController()
    const source = memorySource(broken())
    await eventsOf(source, scanOptions(), stop.signal)
    expect(source.checks.every(({ how }) => how.signal === stop.signal)).toBe(true)
  })

  it('does not wait for a look that hangs longer than the grace period', async () => {
    const stop = new AbortController()
    let lose = (): void => undefined
    const graceOver = new Promise<void>((resolve) => {
      lose = resolve
    })
    const source = memorySource(broken(), {
      width: 2,
      before: (repository) => {
        if (repository !== 'b') return undefined
        stop.abort()
        setImmediate(lose)
        return new Promise(() => undefined)
      },
    })
    const events = await eventsOf(source, scanOptions({ graceOver }), stop.signal)
    expect(events.at(-1)).toMatchObject({ ...STOPPED, totals: { repositories: 1 } })
  })

  it('does not wait for a listing that hangs longer than the grace period', async () => {
    const stop = new AbortController()
    let lose = (): void => undefined
    const graceOver = new Promise<void>((resolve) => {
      lose = resolve
    })
    const source = memorySource(broken(), {
      width: 2,
      async *repositories() {
        yield 'a'
        stop.abort()
        lose()
        await new Promise(() => undefined)
      },
    })
    const events = await eventsOf(source, scanOptions({ graceOver }), stop.signal)
    expect(events.at(-1)).toMatchObject(STOPPED)
  })

  /** Its listing fails as one does whose question was taken back. */
  const stoppedInItsListing = (stop: AbortController, reason?: unknown) =>
    memorySource(broken(), {
      async *repositories() {
        yield 'a'
        await new Promise((resolve) => setTimeout(resolve, 5))
        stop.abort(reason)
        throw new TargetError('cannot be reached')
      },
    })

  it('while the target is listed does not make the target unreadable', async () => {
    const stop = new AbortController()
    const events = await eventsOf(stoppedInItsListing(stop, 'SIGTERM'), scanOptions(), stop.signal)
    expect(events.at(-1)).toMatchObject({ ...STOPPED, totals: { repositories: 1 } })
    expect(only(events, 'finding')).toMatchObject([{ finding: { confirmed: false } }])
  })

  it('is unreadable if the target used all the time', async () => {
    const stop = new AbortController()
    const late = new DOMException('', 'TimeoutError')
    const events = await eventsOf(stoppedInItsListing(stop, late), scanOptions(), stop.signal)
    expect(events.at(-1)).toMatchObject({ type: 'unreadable', reason: 'cannot be reached' })
  })

  it('does not wait for bytes that hang longer than the grace period', async () => {
    const stop = new AbortController()
    let lose = (): void => undefined
    const graceOver = new Promise<void>((resolve) => {
      lose = resolve
    })
    const source = memorySource(broken(), {
      settle: () => {
        stop.abort()
        lose()
        return new Promise<Suspects>(() => undefined)
      },
    })
    const events = await eventsOf(source, scanOptions({ graceOver, rules: { depth: 'content' } }), stop.signal)
    expect(events.at(-1)).toMatchObject({ ...STOPPED, totals: { repositories: 5 } })
  })

  it('while content is hashed is incomplete even if nothing is suspect', async () => {
    const stop = new AbortController()
    const registry = new MemoryRegistry()
    registry.push('a', image('a'), 'latest')
    const source = memorySource(registry, {
      settle: async () => {
        stop.abort()
        return new Map()
      },
    })
    const events = await eventsOf(source, scanOptions({ rules: { depth: 'content' } }), stop.signal)
    expect(events.at(-1)).toMatchObject(STOPPED)
  })

  it('during the search for garbage is incomplete', async () => {
    const stop = new AbortController()
    const registry = new MemoryRegistry()
    registry.push('a', image('a'), 'latest')
    const source = memorySource(registry, {
      garbage: async () => {
        stop.abort()
        return { findings: [], unchecked: [] }
      },
    })
    const events = await eventsOf(source, scanOptions({ garbage: true }), stop.signal)
    expect(events.at(-1)).toMatchObject(STOPPED)
  })
})
