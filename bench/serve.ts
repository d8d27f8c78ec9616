import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { generate } from './generated.ts'
import type { Outcome, Row } from './row.ts'
import { atLeast, atMost, type Bench, MEBIBYTE, measured, type Section } from './section.ts'
import { type Command, cleanEnv } from './timing.ts'
import { repositoryName, writeTree } from './tree.ts'

const SUBJECT = '`serve`, 10,000 repositories, 1,000 findings, a scan under way'
const WEEK = '`serve`, a week of scans every 15 minutes, one after the other'

const labels: readonly Omit<Row, 'outcome'>[] = [
  { what: `${SUBJECT}: \`/metrics\`, p99`, against: '–', unit: 'ms', goal: atMost(20) },
  { what: `${SUBJECT}: \`/\`, p99`, against: '–', unit: 'ms', goal: atMost(100) },
  { what: `${SUBJECT}: a registry's page, p99`, against: '–', unit: 'ms', goal: atMost(100) },
  { what: '`/metrics` beside 1,000 scrapes that are not read, p99', against: '–', unit: 'ms', goal: undefined },
  { what: '1,000 scrapes that are read only then: answered whole', against: 'all', unit: '×', goal: atLeast(1) },
  { what: `${WEEK}: memory grown in an hour of it`, against: '–', unit: 'MiB', goal: atMost(1) },
  { what: `${WEEK}: open files`, against: 'at its beginning', unit: '×', goal: atMost(1) },
]

const REPOSITORIES = 10_000
const BROKEN = 1_000
const REQUESTS = 1_000
const SLOW = 1_000
const SCANS_OF_A_WEEK = 7 * 24 * 4
const HOURS_OF_A_WEEK = 7 * 24

/** How a long-running `regfsck serve` answers, and what it holds. */
export const serve: Section = {
  labels,
  async measure(bench) {
    return [...(await latencies(bench)), ...(await week(bench))]
  },
}

async function latencies(bench: Bench): Promise<Outcome[]> {
  const root = manyRepositories(bench.directory)
  const config = join(bench.scratch, 'serve.yaml')
  // The second one scans all the time.
  const registries = [
    { name: 'broken', target: root, depth: 'blobs', interval: '24h', 'recheck-delay': '0s' },
    { name: 'busy', target: root, depth: 'content', interval: '1s', 'recheck-delay': '0s' },
  ]
  writeFileSync(config, JSON.stringify({ listen: '127.0.0.1:0', registries }))
  const server = await started([...bench.regfsck, 'serve', '--config', config])
  try {
    await server.finished(2)
    const metrics = await percentile(`${server.url}/metrics`)
    const overview = await percentile(`${server.url}/`)
    const page = await percentile(`${server.url}/registries/broken`)
    const scrapes = await slowScrapes(server.url)
    const beside = await percentile(`${server.url}/metrics`)
    const whole = (await Promise.all(scrapes.map((scrape) => scrape()))).filter(Boolean).length
    return [metrics, overview, page, beside, whole / SLOW].map((figure) => measured([figure]))
  } finally {
    server.child.kill()
  }
}

/** Ten thousand repositories with a tag each; the layer link of a platform is gone in every tenth. */
function manyRepositories(directory: string): string {
  const root = join(directory, 'many')
  if (existsSync(root)) return root
  console.error(`making ${root}`)
  generate(root, (part) => {
    const written = writeTree(part, { repositories: REPOSITORIES, tags: 1 })
    for (let n = 0; n < BROKEN; n++) {
      const repository = repositoryName(n * (REPOSITORIES / BROKEN))
      const links = join(part, 'docker/registry/v2/repositories', repository, '_layers/sha256')
      const [first = ''] = readdirSync(links).sort()
      rmSync(join(links, first), { recursive: true })
    }
    return written
  })
  return root
}

/** @returns milliseconds in which 99 of 100 requests, one after the other, were answered whole */
async function percentile(url: string): Promise<number> {
  const took: number[] = []
  for (let n = 0; n < REQUESTS; n++) {
    const begun = performance.now()
    const answer = await fetch(url)
    await answer.arrayBuffer()
    if (answer.status !== 200) throw new Error(`${url}: ${answer.status}`)
    took.push(performance.now() - begun)
  }
  return took.sort((a, b) => a - b)[Math.floor(REQUESTS * 0.99)] ?? Number.NaN
}

/**
 * Connections that have asked for the metrics, and do not read what they are sent.
 *
 * @returns for each, what reads it at last, and says whether it is whole
 */
async function slowScrapes(url: string): Promise<(() => Promise<boolean>)[]> {
  const { hostname, port, host } = new URL(url)
  return Promise.all(
    Array.from({ length: SLOW }, async () => {
      const socket = connect({ host: hostname, port: Number(port) })
      socket.on('error', () => undefined)
      await new Promise<void>((resolve) => socket.once('connect', resolve))
      socket.write(`GET /metrics HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
      return () =>
        new Promise<boolean>((resolve) => {
          let text = ''
          socket.on('data', (piece) => {
            text += piece.toString()
          })
          socket.on('close', () => {
            resolve(
              text.startsWith('HTTP/1.1 200') && text.includes('registry_integrity_config_last_reload_successful 1'),
            )
          })
        })
    }),
  )
}

async function week(bench: Bench): Promise<Outcome[]> {
  const config = join(bench.scratch, 'week.yaml')
  const target = join(bench.scratch, 'week')
  generate(target, (part) => writeTree(part, { repositories: 5, tags: 5 }))
  const registries = [{ name: 'week', target, interval: '1s' }]
  writeFileSync(config, JSON.stringify({ listen: '127.0.0.1:0', 'log-level': 'info', registries }))
  const server = await started([...bench.regfsck, 'serve', '--config', config])
  try {
    const seen: { readonly memory: number; readonly files: number }[] = []
    for (let scans = 48; scans <= SCANS_OF_A_WEEK; scans += 48) {
      await server.finished(scans)
      for (let n = 0; n < 100; n++) await (await fetch(`${server.url}/metrics`)).arrayBuffer()
      seen.push(held(server.child.pid))
    }
    const [first, last] = [seen[0], seen.at(-1)]
    if (first === undefined || last === undefined) throw new Error('nothing was seen')
    const hours = HOURS_OF_A_WEEK * (1 - 1 / seen.length)
    return [measured([(last.memory - first.memory) / hours]), measured([last.files / first.files])]
  } finally {
    server.child.kill()
  }
}

/** MiB of resident memory, and open files. */
function held(pid = 0): { memory: number; files: number } {
  const pages = Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1])
  return { memory: (pages * 4096) / MEBIBYTE, files: readdirSync(`/proc/${pid}/fd`).length }
}

interface Started {
  readonly url: string
  readonly child: ChildProcess
  /** Waits until so many scans have ended. */
  finished(scans: number): Promise<void>
}

async function started([program, ...args]: Command): Promise<Started> {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], env: cleanEnv() })
  let url: string | undefined
  let scans = 0
  let rest = ''
  child.stderr.on('data', (piece: Buffer) => {
    const lines = `${rest}${piece.toString()}`.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      url ??= /"event":"serve.started","listen":"([^"]+)"/.exec(line)?.[1]
      if (line.includes('"event":"scan.finished"')) scans++
    }
  })
  const until = async (isDone: () => boolean): Promise<void> => {
    while (!isDone()) {
      if (child.exitCode !== null) throw new Error(`serve ended with ${child.exitCode}: ${rest}`)
      await sleep(20)
    }
  }
  await until(() => url !== undefined)
  return { url: `http://${url}`, child, finished: (wanted) => until(() => scans >= wanted) }
}
