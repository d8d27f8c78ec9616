import { mkdirSync, readFileSync, truncateSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { storeImage } from '../support/builders/faults/storage-places.ts'
import { copyOfFixture, fixture } from '../support/builders/fixtures.ts'
import { type BlobNode, describedBy, image, layer } from '../support/builders/images.ts'
import { storagePaths } from '../support/builders/storage-paths.ts'
import { catchesSignals, hasEnded, hasRead, isIdle } from '../support/command/process-state.ts'
import { type Ran, regfsck, reportIn, targetIn } from '../support/command/run.ts'
import { tracing } from '../support/command/strace.ts'
import { scratch } from '../support/scratch.ts'
import { describeWithServers } from '../support/servers/required.ts'

/** Milliseconds in which a process has to end when it is told to. */
const SOON = 5000
const HUGE = 512 * 1024 ** 3
const directory = scratch()
const SIGNALS = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const

/** A run of the command that is told to stop, and how long it went on from then. */
interface Stopped extends Ran {
  readonly after: number
}

describe.each(SIGNALS)('%s', (signal, code) => {
  it('while bytes are hashed ends the scan, and what was not hashed is not called intact', async () => {
    const root = storeHuge(`hashed-${signal}`, HUGE)
    const stopped = await stop(signal, ['--depth=content', root], (pid) => hasRead(pid, 2 ** 28))
    expectPartial(stopped, code)
    const { totals, tags, findings } = targetIn(stopped)
    expect(findings).toEqual([])
    expect(totals?.blobs['intact']).toBe(0)
    expect(tags).toEqual([])
  })

  it('while a blob of the wrong size is hashed in the middle of the walk', async () => {
    const root = storeHuge(`walked-${signal}`, 200)
    const stopped = await stop(signal, ['--depth=blobs', root], (pid) => hasRead(pid, 2 ** 28))
    expectPartial(stopped, code)
    expect(targetIn(stopped).findings).toEqual([])
  })

  it('in the pause before the second look: what was seen once is reported as not confirmed', async () => {
    const args = ['--recheck-delay=1h', fixture('layer-blob-missing')]
    const stopped = await stop(signal, args, isIdle)
    expectPartial(stopped, code)
    expect(reportIn(stopped).verdict).toBe('incomplete')
    expect(targetIn(stopped).findings).toEqual([expect.objectContaining({ code: 'layer-missing', confirmed: false })])
  })

  it('in the pause, with a table: it says that this is not all', async () => {
    const args = ['--output=table', '--recheck-delay=1h', fixture('layer-blob-missing')]
    const stopped = await stop(signal, args, isIdle)
    expect(stopped.code).toBe(code)
    expect(stopped.stdout).toMatch(/Stopped before it finished/)
    expect(stopped.stdout).toMatch(/Seen only once/)
  })

  it('in the first of several registries: none of them is called complete, and a file gets it too', async () => {
    const file = join(directory, `${signal}.json`)
    const root = storeHuge(`first-${signal}`, HUGE)
    const others = Array.from({ length: 20 }, (_, n) => makeFresh(`${signal}-${n}`))
    const args = ['--depth=content', `--output=json=${file}`, '--output=ndjson', root, ...others]
    const stopped = await stop(signal, args, (pid) => hasRead(pid, 2 ** 28))
    expect(stopped.code).toBe(code)
    expect(stopped.after).toBeLessThan(SOON)
    const { targets } = reportIn({ ...stopped, stdout: readFileSync(file, 'utf8') })
    expect(targets).toHaveLength(21)
    for (const { complete } of targets) expect(complete).toBe(false)
    const summaries = stopped.stdout.split('\n').filter((line) => line.startsWith('{"type":"summary"'))
    expect(summaries).toHaveLength(21)
    for (const line of summaries) expect(JSON.parse(line)).toMatchObject({ complete: false })
  })
})

describeWithServers(['strace'], 'on a disk that does not answer', () => {
  it.each(SIGNALS)('%s ends the scan in time', async (signal, code) => {
    expectPartial(await stop(signal, hung(signal), isIdle), code)
  })

  it('a second signal ends it at once', async () => {
    const stopped = await stop('SIGINT', hung('twice'), isIdle, 2)
    expect(stopped.code).toBe(130)
    expect(stopped.after).toBeLessThan(1200)
  })
})

describe('a scan that nobody stops', () => {
  it('ends with another code, complete', async () => {
    const ran = await regfsck(['scan', '--output=json', fixture('lawful-artifact')])
    expect(ran.code).toBe(0)
    expect(targetIn(ran).complete).toBe(true)
  })
})

function expectPartial(stopped: Stopped, code: number): void {
  expect(stopped.code).toBe(code)
  expect(stopped.after).toBeLessThan(SOON)
  expect(reportIn(stopped).verdict).not.toBe('clean')
  expect(targetIn(stopped)).toMatchObject({ complete: false })
}

interface Command {
  readonly args: readonly string[]
  readonly under: readonly string[]
}

/**
 * @param ready when to send the signal
 * @param times how often, a fifth of a second between two
 */
async function stop(
  signal: NodeJS.Signals,
  command: readonly string[] | Command,
  ready: (pid: number) => Promise<void>,
  times = 1,
): Promise<Stopped> {
  const { args, under } = 'args' in command ? command : { args: command, under: [] }
  let reportedAt = Number.NaN
  let ended: number | undefined
  let failure: unknown
  const send = async (pid: number): Promise<void> => {
    await catchesSignals(pid)
    await ready(pid)
    reportedAt = performance.now()
    process.kill(pid, signal)
    for (let n = 1; n < times; n++)
      setTimeout(() => {
        process.kill(pid, signal)
      }, 200 * n)
    if (under.length === 0) return
    // A thread that `strace` delays is held by it even when it is killed: what would be gone is not until it lets go.
    const tracer = await hasEnded(pid)
    ended = performance.now()
    if (tracer !== undefined) process.kill(tracer, 'SIGKILL')
  }
  const output = args.some((arg) => arg.startsWith('--output')) ? [] : ['--output=json']
  const ran = await regfsck(['scan', '--all-tags', ...output, ...args], {
    under,
    limit: 20_000,
    onStart: (pid) => void send(pid).catch((error: unknown) => (failure = error)),
  })
  if (failure) throw failure
  return { ...ran, after: (ended ?? performance.now()) - reportedAt }
}

/** A tag whose layer takes minutes to hash, and no room on the disk. */
function storeHuge(name: string, claimed: number): string {
  const root = join(directory, name)
  const at = storagePaths(root)
  const big = describedBy(layer(name), { size: claimed })
  storeImage(at, 'app', image('huge', { layers: [big], config: bigToo(big) }))
  truncateSync(at.data(big.descriptor.digest), HUGE)
  return root
}

/** The layer in the place of the config, so that the image has a single blob. */
function bigToo(node: BlobNode): BlobNode {
  return describedBy(node, { mediaType: 'application/vnd.oci.image.config.v1+json' })
}

function makeFresh(name: string): string {
  mkdirSync(join(directory, name, 'docker/registry/v2'), { recursive: true })
  return join(directory, name)
}

/** A scan in which opening one tag link takes 12 seconds. The pid is that of the command, not of `strace`. */
function hung(name: string): Command {
  const root = copyOfFixture('lawful-artifact', join(directory, `hung-${name}`))
  const at = storagePaths(root)
  const { strace } = tracing(['-D', '-P', dirname(at.tagLink('app', 'latest')), '-P', at.tagLink('app', 'latest')])
  const inject = ['-e', 'trace=openat', '-e', 'inject=openat:delay_enter=12000000']
  return { args: ['--depth=content', root], under: [...strace.slice(0, -1), ...inject, '--'] }
}
