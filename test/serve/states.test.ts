import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { stateWord } from '../../src/report/html/overview/status.ts'
import { STATUS_NAMES, type StatusName } from '../../src/report/registry-status.ts'
import { responsesOf } from '../../src/serve/http/answers.ts'
import { finding, summary, target, unchecked } from '../metrics/events.ts'
import { planWith } from '../support/builders/plan.ts'
import { type Simulated, simulatedService } from '../support/simulated/scan-service.ts'

const MINUTE = 60_000
const HERE = target({ registry: 'private' })
const WHOLE = { events: [HERE, summary()] }
const UNREADABLE = { events: [HERE, { type: 'unreadable', reason: 'no such host', because: 'dns' } as const] }
const NO_TAGS = { intact: 0, degraded: 0, unpullable: 0, unchecked: 0 }
const NONE = { intact: 0, damaged: 0, unchecked: 0, skipped: 0 }
const NOTHING = { repositories: 0, tags: NO_TAGS, manifests: NONE, blobs: NONE, manifestsNotReproved: 0 }

/** The runs that lead to each state. */
const RUNS: Readonly<Record<StatusName, readonly Simulated[]>> = {
  damaged: [{ events: [HERE, finding(), summary()] }],
  warning: [{ events: [HERE, finding({ severity: 'warning', tags: [] }), summary()] }],
  incomplete: [{ events: [HERE, unchecked(), summary({ complete: false })] }],
  unreadable: [UNREADABLE],
  stale: [WHOLE, UNREADABLE, UNREADABLE, UNREADABLE, UNREADABLE],
  unknown: [],
  empty: [{ events: [HERE, summary({ totals: NOTHING })] }],
  clean: [WHOLE],
}

describe('a registry that is', () => {
  it.each(STATUS_NAMES)('%s is called so on both pages, in the list and in the log', async (state) => {
    const { service, clock, logged, setScan } = simulatedService()
    const [first = WHOLE, ...later] = RUNS[state]
    setScan(first)
    await service.load([planWith()])
    if (state !== 'unknown') await clock.pass(MINUTE)
    for (const run of later) {
      setScan(run)
      await clock.pass(15 * MINUTE)
    }
    const answers = responsesOf(service, { clock, version: '0.1.0', prefix: '', pages: new Map() })
    const page = answers.page('private', undefined, { search: '', page: 1 }) ?? ''
    const word = stateWord(state)
    expect(answers.overview()).toContain(`1 registry: ${state}.`)
    expect(answers.overview()).toMatch(new RegExp(`<span class="badge \\w+">.*?</svg>${word}</span>`))
    expect(page).toContain(`<title>${word}: private · regfsck</title>`)
    expect(page).toContain(`<strong>${word}</strong>`)
    expect(JSON.parse(answers.list())).toMatchObject({ registries: [{ state }] })
    const states = logged.filter(({ event }) => event === 'scan.finished').map(({ fields }) => fields)
    if (state === 'unknown') expect(states).toEqual([])
    else expect(states.at(-1)).toMatchObject({ state })
  })

  it('damaged and has not been seen whole for long is damaged, and marked as stale', async () => {
    const { service, clock, setScan } = simulatedService()
    setScan({ events: [HERE, finding(), summary()] })
    await service.load([planWith()])
    await clock.pass(MINUTE)
    const answers = responsesOf(service, { clock, version: '0.1.0', prefix: '', pages: new Map() })
    expect(JSON.parse(answers.list())).toMatchObject({ registries: [{ state: 'damaged', stale: false }] })
    expect(answers.overview()).not.toContain('>stale<')
    setScan(UNREADABLE)
    await clock.pass(4 * 15 * MINUTE)
    expect(JSON.parse(answers.list())).toMatchObject({ registries: [{ state: 'damaged', stale: true }] })
    expect(answers.overview()).toContain('>stale<')
  })
})

it('docs/serve.md names every state, and no other', () => {
  const text = readFileSync(new URL('../../docs/serve.md', import.meta.url), 'utf8')
  const [, table = ''] = text.split('\n## States\n')
  const states = [...(table.split('\n## ')[0] ?? '').matchAll(/^\| `(\w+)`/gm)].map(([, word]) => word)
  expect(states).toEqual([...STATUS_NAMES])
})
