import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ScanEvent } from '../../../src/check/events.ts'
import { progressOn } from '../../../src/cli/run/progress.ts'

beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => vi.useRealTimers())

describe('progress', () => {
  it('is shown on a terminal only', () => {
    expect(shown({ terminal: false }, target('private'), walked(1))).toBe('')
    expect(shown({}, target('private'), walked(1))).toContain('private: 1 repositories checked')
  })

  it('shows how far each stage is', () => {
    expect(shown({}, target('r'), { type: 'progress', stage: 'content', done: 2 ** 29, total: 2 ** 31 })).toContain(
      'r: 0.5 of 2.0 GiB hashed',
    )
    expect(shown({}, target('r'), { type: 'progress', stage: 'second-look', done: 1, total: 3 })).toContain(
      'r: 1 of 3 suspect repositories checked again',
    )
  })

  it('takes back its line before anything else is said', () => {
    expect(shown({}, target('r'), walked(1), { type: 'unreadable', reason: '' })).toMatch(/checked\r\u001b\[K$/)
    expect(shown({}, target('r'), { type: 'unreadable', reason: '' })).toBe('')
  })

  it('does not write faster than somebody can read', () => {
    const lines = shown({}, target('r'), ...Array.from({ length: 1000 }, (_, n) => walked(n)))
    expect(lines.match(/checked/g)?.length ?? 0).toBeLessThanOrEqual(10)
  })

  it('stays on one line', () => {
    const line = shown({ columns: 40 }, target('a'.repeat(200)), walked(1)).replace('\r\u001b[K', '')
    expect(line.length).toBeLessThan(40)
  })

  it('shows a harmful name harmlessly', () => {
    const line = shown({}, target('red\u001b[31m\u202e\nname'), walked(1)).replace('\r\u001b[K', '')
    expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/)
  })
})

function shown(terminal: { readonly terminal?: boolean; readonly columns?: number }, ...events: ScanEvent[]): string {
  const written: string[] = []
  const progress = progressOn({
    write: (text) => void written.push(text),
    isTerminal: terminal.terminal ?? true,
    columns: terminal.columns ?? 100,
  })
  for (const event of events) {
    vi.advanceTimersByTime(event.type === 'target' ? 1000 : 1)
    progress.take(event)
  }
  return written.join('')
}

function target(registry: string): ScanEvent {
  return {
    type: 'target',
    info: { target: '/srv', registry, kind: 'distribution', depth: 'blobs', pullThrough: false },
  }
}

function walked(done: number): ScanEvent {
  return { type: 'progress', stage: 'walk', done, total: undefined }
}
