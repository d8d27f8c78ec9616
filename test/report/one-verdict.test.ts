import { describe, expect, it } from 'vitest'
import type { ScanEvent } from '../../src/check/events.ts'
import { RunCounter, resultOf, verdictOf } from '../../src/check/judge/run-verdict.ts'
import { htmlReport } from '../../src/report/html/html.ts'
import { junitReport } from '../../src/report/junit.ts'
import { markdownReport } from '../../src/report/markdown.ts'
import { sarifReport } from '../../src/report/sarif/sarif.ts'
import { tableReport } from '../../src/report/table/table.ts'
import { eventsOf, REPOSITORY, scanOptions, scene } from '../check/scene.ts'
import { digestOf } from '../support/builders/images.ts'
import { MemoryRegistry } from '../support/simulated/memory-registry.ts'
import { memorySource } from '../support/simulated/memory-source.ts'
import { brokenEvents, cleanEvents, emptyEvents, jsonAtOnce, unreadableEvents, written } from './events.ts'

/** What was found was not looked at a second time, because the scan was stopped. */
async function stoppedEvents(): Promise<ScanEvent[]> {
  return (await brokenEvents()).map((event) => {
    if (event.type === 'finding') return { ...event, finding: { ...event.finding, confirmed: false } }
    return event.type === 'summary' ? { ...event, complete: false, stopped: true } : event
  })
}

async function lostContentEvents(): Promise<ScanEvent[]> {
  const { registry, links } = scene()
  const orphan = digestOf(Buffer.from('orphan'))
  links.layers.set(orphan, orphan)
  return eventsOf(memorySource(registry), scanOptions())
}

async function untaggedEvents(): Promise<ScanEvent[]> {
  const { registry } = scene()
  registry.repository(REPOSITORY).tags.clear()
  return eventsOf(memorySource(registry), scanOptions({ rules: { roots: 'revisions' } }))
}

async function onlyRepositoriesEvents(): Promise<ScanEvent[]> {
  const registry = new MemoryRegistry()
  registry.repository('team/app')
  return eventsOf(memorySource(registry), scanOptions())
}

const RUNS = [
  { run: 'errors', events: brokenEvents, says: 'damaged', exit: 'damaged' },
  { run: 'errors that were seen once only', events: stoppedEvents, says: 'incomplete', exit: 'incomplete' },
  { run: 'a target that cannot be read', events: unreadableEvents, says: 'incomplete', exit: 'incomplete' },
  { run: 'lost content that no tag reaches', events: lostContentEvents, says: 'warning', exit: 'clean' },
  { run: 'no repository', events: emptyEvents, says: 'empty', exit: 'clean' },
  { run: 'a repository with nothing in it', events: onlyRepositoriesEvents, says: 'empty', exit: 'clean' },
  { run: 'revisions and no tag', events: untaggedEvents, says: 'clean', exit: 'clean' },
  { run: 'whole images', events: cleanEvents, says: 'clean', exit: 'clean' },
] as const

describe.each(RUNS)('every output of a run over $run', ({ events, says, exit }) => {
  it(`says ${says}`, async () => {
    const run = await events()
    const counts = new RunCounter()
    for (const event of run) counts.take(event)
    const words = {
      verdict: verdictOf(counts),
      result: resultOf(counts),
      json: JSON.parse(written(jsonAtOnce, run)).verdict,
      table: lastLine(written((write) => tableReport(write, { color: false, columns: 100 }), run)).split('  ')[0],
      markdown: /\*\*([A-Z]+)\*\*/.exec(lastLine(written(markdownReport, run)))?.[1],
      html: /<title>([A-Z]\w+): /.exec(written(htmlReport, run))?.[1],
      ...sarifWords(run),
      failures: /<testsuites .*? failures="(\d+)"/.exec(written(junitReport, run))?.[1] !== '0',
    }
    const isUnreadable = run.some(({ type }) => type === 'unreadable')
    const word = says.toUpperCase()
    expect(words).toEqual({
      verdict: exit,
      result: says,
      json: exit,
      table: word,
      markdown: word,
      // A page of one registry says why it is incomplete.
      html: isUnreadable ? 'Unreadable' : `${word.slice(0, 1)}${says.slice(1)}`,
      errors: says === 'damaged',
      successful: counts.complete,
      failures: says === 'damaged',
    })
  })
})

/** Whether SARIF has an error, and whether it calls the run successful. */
function sarifWords(run: readonly ScanEvent[]): { readonly errors: boolean; readonly successful: boolean } {
  const text = written((write) => sarifReport(write, () => undefined), run)
  return {
    errors: /"ruleIndex":\d+,"level":"error"/.test(text),
    successful: text.includes('"executionSuccessful":true'),
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? ''
}
