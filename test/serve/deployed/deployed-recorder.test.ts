import { describe, expect, it } from 'vitest'
import type { ScanEvent } from '../../../src/check/events.ts'
import { deployedStatusOf } from '../../../src/report/html/deployed/deployed-status.ts'
import type { DeployedPlan } from '../../../src/serve/deployed/deployed-plan.ts'
import { DeployedRecorder } from '../../../src/serve/deployed/deployed-recorder.ts'
import { type DeployedRecord, NO_RECORD } from '../../../src/serve/deployed/deployed-state.ts'
import { deployedViewOf } from '../../../src/serve/deployed/deployed-views.ts'
import { workloadsOf } from '../../../src/serve/deployed/workloads.ts'
import { finding, summary, target } from '../../metrics/events.ts'

const PLAN: DeployedPlan = {
  registry: 'shop',
  profile: '',
  kind: 'references',
  target: '/deploy',
  interval: 900_000,
  deadline: 900_000,
  arguments: ['--from=/deploy'],
  links: {},
}
const START = Date.UTC(2026, 0, 1)

const USE = { file: 'compose.yaml', line: 3, column: 1, by: 'service web' }
const FILES = [target({ kind: 'references', registry: 'references' }), summary()]
const unpullable = (): ScanEvent =>
  finding({
    code: 'image-unpullable',
    cause: 'damaged',
    evidence: { usedBy: ['compose.yaml:3: service web'], because: ['layer-missing'] },
  })
const image = (name: string, ...events: readonly ScanEvent[]): ScanEvent[] => [
  target({ kind: 'api', registry: 'r', target: name, usedBy: [USE] }),
  ...events,
]
const BROKEN = image('r/app:1', unpullable(), summary())
const WHOLE = image('r/app:1', summary())
const AWAY = image('r/app:1', { type: 'unreadable', reason: 'no such host', because: 'dns' })

function run(events: readonly ScanEvent[], previous: DeployedRecord = NO_RECORD, problem?: string) {
  const minute = previous.runs.length
  const recorder = new DeployedRecorder(PLAN, previous, new Date(START + minute * 60_000))
  for (const event of events) recorder.take(event)
  return recorder.end(new Date(START + minute * 60_000 + 1000), problem)
}

const statusOf = (record: DeployedRecord): string => {
  const now = new Date(START + 60_000)
  return deployedStatusOf(deployedViewOf({ plan: PLAN, record, isRunning: false, nextRun: undefined }, now), now).state
}

const findingsIn = ({ samples }: DeployedRecord): (number | undefined)[] =>
  samples.findings.filter(({ labels }) => labels['reason'] === 'image-unpullable').map(({ value }) => value)

describe('the record of what is deployed', () => {
  it('is complete and clean where every image could be pulled', () => {
    const { record, failure } = run([...WHOLE, ...FILES])
    expect(failure).toBeUndefined()
    expect(record).toMatchObject({ isComplete: true, images: [{ image: 'r/app:1', state: 'whole' }] })
    expect(findingsIn(record)).toEqual([0])
  })

  it('is complete and empty where a cluster runs nothing, and unreadable where nothing was read', () => {
    const { record, failure } = run(FILES)
    expect(failure).toBeUndefined()
    expect(record).toMatchObject({ isComplete: true, images: [], asOf: record.lastComplete })
    expect(findingsIn(record)).toEqual([0])
    expect(statusOf(record)).toBe('empty')
    const after = run(FILES, run([...BROKEN, ...FILES]).record).record
    expect([statusOf(after), findingsIn(after)]).toEqual(['empty', [0]])
    const unread = run([FILES[0] ?? summary(), summary({ complete: false })])
    expect(unread.failure).toBe('unreadable')
    expect(statusOf(unread.record)).toBe('unreadable')
  })

  it('says since when an image is broken', () => {
    const first = run([...BROKEN, ...FILES]).record
    const second = run([...BROKEN, ...FILES], first).record
    expect(second.images).toMatchObject([{ state: 'broken', brokenSince: first.images[0]?.brokenSince }])
    expect(findingsIn(second)).toEqual([1])
    expect(findingsIn(run([...WHOLE, ...FILES], second).record)).toEqual([0])
  })

  it.each([
    ['its registry cannot be asked', [...AWAY, ...FILES], undefined],
    [
      'its file is no longer read',
      [...image('r/other:1', summary()), target({ kind: 'references' }), summary({ complete: false })],
      undefined,
    ],
    ['the check is cut off', [...image('r/other:1', summary())], undefined],
    ['the check crashes at once', [], 'the scan ended by SIGKILL'],
  ] as const)('keeps what was broken where %s', (_, events, problem) => {
    const before = run([...BROKEN, ...FILES]).record
    const { record, failure } = run(events, before, problem)
    expect(failure).toBeDefined()
    expect(record.images.find(({ image: name }) => name === 'r/app:1')).toMatchObject({ state: 'broken' })
    expect(findingsIn(record)).toEqual([1])
    expect(record.lastComplete).toBe(before.lastComplete)
  })

  it('is never clean where a registry cannot be asked', () => {
    const { record, failure } = run([...AWAY, ...FILES])
    expect(failure).toBe('incomplete')
    expect(record).toMatchObject({ isComplete: false, lastComplete: undefined, images: [{ state: 'unchecked' }] })
    expect(findingsIn(record)).toEqual([])
    expect(record.samples.result).toEqual([])
  })

  it('is incomplete where the events end before those of the files', () => {
    expect(run(WHOLE)).toMatchObject({ failure: 'incomplete', record: { isComplete: false } })
  })

  it('names the workloads that a finding concerns, not all that need the image', () => {
    const other = { ...USE, line: 9, by: 'Deployment shop/web, container app' }
    const [first, ...rest] = BROKEN
    if (first?.type !== 'target') throw new Error('no target')
    const { record } = run([{ ...first, info: { ...first.info, usedBy: [USE, other] } }, ...rest, ...FILES])
    expect(workloadsOf(record.images).map(({ workload, state }) => [workload, state])).toEqual([
      ['service web', 'broken'],
      ['Deployment shop/web', 'whole'],
    ])
  })

  it('gives 20 workloads a series of their own, and the rest one', () => {
    const events = Array.from({ length: 50 }, (_, n) => {
      const by = `service s${n}`
      const usedBy = [{ ...USE, by }]
      const found = finding({ code: 'image-unpullable', cause: 'damaged', evidence: { because: [] } })
      return [target({ kind: 'api', target: `r/app:${n}`, usedBy }), found, summary()]
    }).flat()
    const { record } = run([...events, ...FILES])
    const series = record.samples.findings.filter(({ name }) => name.endsWith('deployed_workload_failures'))
    expect(series).toHaveLength(21)
    expect(series.at(-1)).toMatchObject({ labels: { workload: '__other__' }, value: 30 })
  })
})
