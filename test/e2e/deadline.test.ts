import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { copyOfFixture } from '../support/builders/fixtures.ts'
import { image } from '../support/builders/images.ts'
import { storagePaths } from '../support/builders/storage-paths.ts'
import { hasEnded } from '../support/command/process-state.ts'
import { type Ran, reportIn, scanJson, targetIn } from '../support/command/run.ts'
import { tracing } from '../support/command/strace.ts'
import { scratch } from '../support/scratch.ts'
import { describeWithServers } from '../support/servers/required.ts'
import { type SimulatedRegistry, simulateRegistry } from '../support/simulated/registry.ts'

/** Milliseconds that a run may take after its deadline: what is under way gets 1 s, and a machine may be busy. */
const SOON = 6000
const directory = scratch()
const REPOSITORIES = Array.from({ length: 200 }, (_, n) => `app-${n}`)

const TAGS = Array.from({ length: 100 }, (_, n) => `v${n}`)

describe('simulated: a registry that takes 200 ms for each answer', () => {
  let slow: SimulatedRegistry

  beforeAll(async () => {
    slow = await simulateRegistry(image('slow'), ({ path }, response) => {
      setTimeout(() => {
        if (path.pathname === '/v2/') response.end('{}')
        else if (path.pathname === '/v2/_catalog') response.end(JSON.stringify({ repositories: REPOSITORIES }))
        else if (path.pathname.endsWith('/tags/list')) response.end(JSON.stringify({ name: 'app', tags: TAGS }))
        else response.writeHead(404, { 'content-type': 'application/json' }).end('{"errors":[]}')
      }, 200)
      return true
    })
  })

  afterAll(() => slow.stop())

  it('is left at the deadline, though the garbage is collected often', async () => {
    const script = `
      const { setFlagsFromString } = await import('node:v8')
      const { runInNewContext } = await import('node:vm')
      setFlagsFromString('--expose-gc')
      setInterval(runInNewContext('gc'), 200).unref()`
    const often = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(script)}` }
    const ran = await scanJson([slow.url], ['--concurrency=2', '--deadline=3s', '--recheck-delay=1h'], { env: often })
    expect(ran.code).toBe(3)
    expect(ran.took).toBeGreaterThan(3000)
    expect(ran.took).toBeLessThan(3000 + SOON)
    expect(targetIn(ran)).toMatchObject({ complete: false })
    expect(reportIn(ran).verdict).toBe('incomplete')
  })
})

describeWithServers(['strace'], 'on a disk that does not answer', () => {
  it('the deadline ends the scan and the process, with the exit code of an incomplete run', async () => {
    const ran = await hungUntilKilled(['--deadline=2s'])
    expect(ran.code).toBe(3)
    expect(ran.after).toBeLessThan(2000 + SOON)
    expect(reportIn(ran).verdict).toBe('incomplete')
    expect(targetIn(ran)).toMatchObject({ complete: false })
  })
})

describeWithServers(['strace'], 'where the list of repositories itself takes longer than the deadline', () => {
  it('the run is incomplete, and not clean', async () => {
    const root = copyOfFixture('lawful-artifact', join(directory, 'slow'))
    const repositories = join(root, 'docker/registry/v2/repositories')
    const flags = ['-P', repositories, '-e', 'trace=openat', '-e', 'inject=openat:delay_enter=3000000']
    const ran = await scanJson([root], ['--deadline=1500ms'], { under: [...tracing(flags).strace] })
    expect(ran.code).toBe(3)
    expect(targetIn(ran)).toMatchObject({ complete: false })
  })
})

/** A scan in which opening one tag link takes 12 seconds, and how long the process was there. */
async function hungUntilKilled(flags: readonly string[]): Promise<Ran & { readonly after: number }> {
  const root = copyOfFixture('lawful-artifact', join(directory, 'hung'))
  const link = storagePaths(root).tagLink('app', 'latest')
  const { strace } = tracing(['-D', '-P', dirname(link), '-P', link])
  const inject = ['-e', 'trace=openat', '-e', 'inject=openat:delay_enter=12000000']
  const started = performance.now()
  let after = Number.NaN
  const watch = async (pid: number): Promise<void> => {
    await sleep(1500)
    // A thread that `strace` delays is held by it even when it is killed: what would be gone is not until it lets go.
    const tracer = await hasEnded(pid)
    after = performance.now() - started
    if (tracer !== undefined) process.kill(tracer, 'SIGKILL')
  }
  const watched: Promise<void>[] = []
  const ran = await scanJson([root], flags, {
    under: [...strace.slice(0, -1), ...inject, '--'],
    limit: 30_000,
    onStart: (pid) => void watched.push(watch(pid)),
  })
  await Promise.all(watched)
  return { ...ran, after }
}
