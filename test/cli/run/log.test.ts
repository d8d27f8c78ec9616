import { readFileSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { serveLog } from '../../../src/cli/serve/serve-log.ts'
import { SERVE_EVENTS, type ServeEvent } from '../../../src/serve/log.ts'
import { fixture } from '../../support/builders/fixtures.ts'
import { regfsckHere } from '../../support/command/run-in-process.ts'

vi.mock(import('../../../src/sources/storage/thread-pool.ts'), async (original) =>
  (await import('../../support/command/one-thread.ts')).oneThread(original),
)

const LEVELS = ['debug', 'info', 'warn', 'error'] as const
const NAMES = Object.keys(SERVE_EVENTS) as ServeEvent[]

/** What every line begins with, in this order. */
const HEAD =
  /^\{"level":"(?:debug|info|warn|error)","time":"\d{4}-\d\d-\d\dT[\d:.]+Z","tool":"regfsck","event":"[a-z.-]+",/

describe('a line of the log has its level by name, its time, its event, and a message for people:', () => {
  it('that of a scan', async () => {
    const { stderr } = await regfsckHere(['scan', '--recheck-delay=0', '-vv', fixture('layer-blob-missing')])
    const lines = stderr.trimEnd().split('\n')
    expect(lines.filter((line) => !isWhole(line))).toEqual([])
    expect(new Set(lines.map((line) => JSON.parse(line).level))).toEqual(new Set(['info', 'debug']))
    const found = lines.map((line) => JSON.parse(line)).find(({ event }) => event === 'finding')
    expect(found).toMatchObject({ msg: 'found', code: 'layer-missing', registry: 'layer-blob-missing' })
  })

  it.each(LEVELS)('that of serve, of level %s', async (level) => {
    const { log, lines } = await logged('trace')
    for (const event of NAMES) log(level, event, { registry: 'private', problem: 'a\u001b[31mb' })
    expect(lines.filter((line) => !isWhole(line))).toEqual([])
    expect(lines.map((line) => JSON.parse(line))).toMatchObject(
      NAMES.map((event) => ({ level, event, msg: SERVE_EVENTS[event], registry: 'private' })),
    )
    expect(lines.join('')).not.toContain('\u001b')
  })
})

describe('the log of serve', () => {
  it('is silent below its level', async () => {
    const { log, lines } = await logged('warn')
    for (const level of LEVELS) log(level, 'scan.finished')
    expect(lines.map((line) => JSON.parse(line).level)).toEqual(['warn', 'error'])
  })

  it('has its events in docs/serve.md, each and no other', () => {
    const page = readFileSync(new URL('../../../docs/serve.md', import.meta.url), 'utf8')
    const rows = [...page.matchAll(/^\| `([a-z.-]+)` +\| ([^|]+?) +\|.*\|$/gm)].map(([, event, msg]) => [event, msg])
    expect(rows.filter(([event = '']) => /^(?:serve|scan|config|state|http)\./.test(event))).toEqual(
      Object.entries(SERVE_EVENTS),
    )
  })
})

function isWhole(line: string): boolean {
  return HEAD.test(line) && /,"msg":"[^"]{3,}"\}$/.test(line)
}

async function logged(level: string) {
  const lines: string[] = []
  const stderr = { write: (text: string) => void lines.push(text.trimEnd()), isTerminal: false, columns: undefined }
  return { log: await serveLog({ stderr }, level), lines }
}
