import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { scratch } from '../support/scratch.ts'
import { SimulatedKubernetes } from '../support/servers/simulated-kubernetes.ts'
import type { Question, Told } from './cluster-follower.ts'

const PODS = 5000
const DAYS = 7
/** Snapshots of a day: one every 15 minutes. */
const INTERVALS = 96
/** Pods that change between two snapshots: each of them once a day. */
const CHANGES = Math.ceil(PODS / INTERVALS)
const KINDS = 9

const api = new SimulatedKubernetes()
const children: ChildProcess[] = []
afterAll(async () => {
  for (const child of children) child.disconnect()
  await api.stop()
})

/** SIMULATED: the API server, and the time. */
it(`a week of ${PODS} pods leaves the memory as it was, and each changed image is in the next snapshot`, async () => {
  await api.start()
  for (let n = 0; n < PODS; n++) api.put('pods', podNumber(n, 'first'))
  const follower = start()
  expect(await ask(follower, { tag: 'first', collect: false })).toMatchObject({
    hasTag: true,
    pods: PODS,
    problems: [],
  })
  const days: Told[] = []
  for (let day = 0; day < DAYS; day++) {
    const last = await dayOf(day, follower)
    expect(last.pods).toBe(PODS)
    days.push(last)
  }
  const [first, second, ...later] = days
  const final = later.at(-1)
  console.log(days.map(({ resident, heap }) => `${mebibytes(resident)} MiB resident, ${mebibytes(heap)} MiB heap`))
  console.log(final?.counts)
  // Each kind once a day, at the least.
  expect(final?.counts).toMatchObject({ denied: 0, expired: DAYS * KINDS })
  expect(final?.heap).toBeLessThan(1.05 * (first?.heap ?? 0))
  expect(final?.resident).toBeLessThan(1.25 * (second?.resident ?? 0))
})

async function dayOf(day: number, follower: ChildProcess): Promise<Told> {
  for (let interval = 0; interval < INTERVALS; interval++) {
    const tag = `day-${day}-${interval}`
    // Changes that no watch gets, and of which the next one can no longer be told.
    if (interval === 30) api.endWatches()
    for (let n = 0; n < CHANGES; n++) api.put('pods', podNumber((interval * CHANGES + n) % PODS, tag))
    api.bookmark()
    if (interval === 30) api.compact()
    if (interval === 60) api.cutConnections()
    else api.endWatches()
    await until(follower, tag)
  }
  return ask(follower, { tag: `day-${day}-${INTERVALS - 1}`, collect: true })
}

/** The interval is not over before it is in a snapshot. */
async function until(follower: ChildProcess, tag: string): Promise<void> {
  for (;;) {
    const { hasTag, problems } = await ask(follower, { tag, collect: false })
    if (hasTag && problems.length === 0 && api.watchers === KINDS) return
  }
}

async function ask(follower: ChildProcess, question: Question): Promise<Told> {
  const answer = once(follower, 'message')
  follower.send(question)
  const [told] = await answer
  return told
}

function start(): ChildProcess {
  const file = join(scratchDirectory, 'kubeconfig')
  const config = {
    clusters: [{ name: 'here', cluster: { server: api.url } }],
    users: [{ name: 'reader', user: { token: 'any' } }],
    contexts: [{ name: 'here', context: { cluster: 'here', user: 'reader' } }],
    'current-context': 'here',
  }
  writeFileSync(file, JSON.stringify(config))
  const program = fileURLToPath(new URL('./cluster-follower.ts', import.meta.url))
  const child = fork(program, [file], { execArgv: ['--expose-gc', '--import', 'tsx'] })
  children.push(child)
  return child
}

const scratchDirectory = scratch()

/** As large as a pod is that the API sends. */
function podNumber(n: number, tag: string): Parameters<SimulatedKubernetes['put']>[1] {
  const name = `web-${n}`
  return {
    metadata: { name, namespace: `shop-${n % 20}`, labels: { app: name } },
    managedFields: Array.from({ length: 40 }, (_, field) => ({ [`f:spec.field-${field}`]: { 'f:value': {} } })),
    spec: {
      nodeName: `node-${n % 100}`,
      containers: [{ name: 'app', image: `registry.example.com/shop/web:${tag}`, env: [{ name: 'N', value: `${n}` }] }],
      volumes: [{ name: 'token', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } }],
    },
    status: {
      phase: 'Running',
      containerStatuses: [{ name: 'app', imageID: `registry.example.com/shop/web@sha256:${`${n}`.padStart(64, '0')}` }],
    },
  }
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / 1024 / 1024)
}
