import { describe, expect, it } from 'vitest'
import type { ScanEvent } from '../../src/check/events.ts'
import { markdownReport } from '../../src/report/markdown.ts'
import { brokenEvents, cleanEvents, unreadableEvents, written } from './events.ts'

describe('Markdown', () => {
  it('says what is broken, for whom, and what to do', async () => {
    const out = written(markdownReport, await brokenEvents())
    expect(out).toMatch(/^## `broken`$/m)
    expect(out).toMatch(/^### ❌ `[^`]+`.*: index-child-missing \(revision-link-missing\)$/m)
    expect(out).toMatch(/```sh\n/)
    expect(out).toMatch(/Incomplete/)
    expect(out).toMatch(/\*\*DAMAGED\*\*\n$/)
  })

  it('of a clean registry is two lines', async () => {
    const out = written(markdownReport, await cleanEvents())
    expect(out).toMatch(/0 cannot be pulled/)
    expect(out).not.toMatch(/###|Incomplete/)
  })

  it('says why a target could not be read', async () => {
    expect(written(markdownReport, await unreadableEvents())).toMatch(/Cannot be read: .*is it mounted\?/)
  })

  it('makes no link, mention or image of text from a registry', async () => {
    const [target] = await cleanEvents()
    const reason = '@user see https://evil.example www.evil.example a@b.c x#12 GH-7 <!-- hidden --> ![x](y) $a$'
    const events: ScanEvent[] = target ? [target, { type: 'unreadable', reason }] : []
    const live = written(markdownReport, events)
      .replace(/`[^`]*`/g, '')
      .replace(/\\[!-/:-@[-`{-~]/g, '')
    expect(live).not.toMatch(/@|:\/\/|www|#\d|GH-\d|<|!\[|\$/)
  })

  it('takes no markup from a registry', async () => {
    const [target] = await cleanEvents()
    const reason = '<img src=x onerror=alert(1)> [x](javascript:1) `code` **bold** | cell'
    const events: ScanEvent[] = target ? [target, { type: 'unreadable', reason }] : []
    const out = written(markdownReport, events)
    expect(out).not.toMatch(/(?<!\\)<img|(?<!\\)\[x|(?<!\\)`code|(?<!\\)\*\*bold/)
  })
})
