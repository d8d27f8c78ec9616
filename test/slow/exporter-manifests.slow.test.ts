import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chownSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { env, execPath, getuid } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment'
import type { IProbe } from 'kubernetes-models/v1/Probe'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandLines } from '../k8s/command-lines.ts'
import { type Container, isRegfsck, rendered } from '../k8s/manifests.ts'
import { copyOfFixture } from '../support/builders/fixtures.ts'
import { BIN } from '../support/command/run.ts'
import { scratch } from '../support/scratch.ts'
import { unusedPort } from '../support/servers/pushgateway.ts'

/** Milliseconds: a limit, not a wait. On a machine that is busy with other things a first scan alone takes half a minute. */
const WITHIN = 100_000

interface Exporter {
  readonly url: string
  readonly child: ChildProcess
  readonly container: Container
  /** Where its ConfigMap is mounted. */
  readonly mounted: string
  said(): string
}

const OVERLAYS = ['serve', 'sidecar']
const directory = scratch()
const running = new Map<string, Exporter>()

// Both at one time: each waits a while before its first scans.
beforeAll(async () => {
  const root = copyOfFixture('child-deleted-by-gc-m', join(directory, 'registry'))
  execFileSync('chmod', ['-R', 'a+rX', root])
  for (const overlay of OVERLAYS) running.set(overlay, await start(overlay, root))
})
afterAll(() => {
  for (const { child } of running.values()) child.kill('SIGKILL')
})

describe.each(OVERLAYS)('the exporter, as it is in the manifest of %s', (overlay) => {
  let exporter: Exporter

  beforeAll(() => {
    exporter = running.get(overlay) ?? never(overlay)
  })
  const page = async (path: string): Promise<string> => (await fetch(`${exporter.url}${path}`)).text()

  it('answers the probes', async () => {
    const { livenessProbe, readinessProbe = livenessProbe } = exporter.container
    for (const probe of [livenessProbe, readinessProbe])
      await until(async () => (await statusOf(exporter.url, probe)) === 200, exporter)
  })

  it('has metrics of both profiles where its monitor asks for them', async () => {
    const found = async (): Promise<boolean> => {
      const lines = (await page(metricsPathOf(overlay))).split('\n')
      const broken = lines.filter((line) => /failures\{registry="private".*"index-child-missing"\} 3$/.test(line))
      return ['fast', 'deep'].every((profile) => broken.some((line) => line.includes(`profile="${profile}"`)))
    }
    await until(found, exporter)
  })

  it('sees a ConfigMap that a kubelet has replaced, and keeps the last good one', async () => {
    mount(exporter.mounted, 'registries: 7\n', 2)
    const refused = 'registry_integrity_config_last_reload_successful 0'
    await until(async () => (await page('/metrics')).includes(refused), exporter)
    expect(await page('/metrics')).toContain('profile="deep"')
  })

  it('is gone within the time that Kubernetes gives it', async () => {
    const { child, said } = exporter
    const started = performance.now()
    const ended = new Promise((resolve) => child.once('close', resolve))
    child.kill('SIGTERM')
    expect(await ended, said()).toBe(0)
    expect(performance.now() - started).toBeLessThan(5000)
  })
})

async function start(overlay: string, root: string): Promise<Exporter> {
  const [mounted, state] = [join(directory, overlay, 'etc'), join(directory, overlay, 'state')]
  mkdirSync(state, { recursive: true })
  const port = await unusedPort()
  // Only what this machine has not: another address, another registry, another directory.
  const text = configOf(overlay)
    .replace(/^listen: .*/m, `listen: 127.0.0.1:${port}`)
    .replace('/var/lib/regfsck', state)
    .replace(/target: .*/, `target: ${root}`)
  mount(mounted, text, 1)
  const isRoot = getuid?.() === 0
  if (isRoot) chownSync(state, 65532, 65532)
  const [line] = commandLines(rendered(overlay))
  const args = (line?.args ?? []).map((arg) => arg.replace('/etc/regfsck', mounted))
  const child = spawn(execPath, [BIN, ...args], {
    env: { PATH: env['PATH'], ...line?.env },
    ...(isRoot ? { uid: 65532, gid: 65532 } : {}),
  })
  let log = ''
  child.stderr?.on('data', (piece: Buffer) => {
    log += piece.toString()
  })
  return { url: `http://127.0.0.1:${port}`, child, container: exporterOf(overlay), mounted, said: () => log }
}

/** As a kubelet does it: the file is a link into a directory that is a link, and only that is replaced. */
function mount(directory: string, text: string, version: number): void {
  const data = join(directory, `..version-${version}`)
  mkdirSync(data, { recursive: true })
  writeFileSync(join(data, 'regfsck.yaml'), text)
  symlinkSync(`..version-${version}`, join(directory, '..data_tmp'))
  renameSync(join(directory, '..data_tmp'), join(directory, '..data'))
  if (version === 1) symlinkSync('..data/regfsck.yaml', join(directory, 'regfsck.yaml'))
}

function exporterOf(overlay: string): Container {
  const deployment = rendered(overlay).find(({ kind }) => kind === 'Deployment') as unknown as IDeployment
  const found = deployment.spec?.template.spec?.containers.find(isRegfsck)
  if (found === undefined) throw new Error(`no regfsck in ${overlay}`)
  return found
}

function configOf(overlay: string): string {
  return rendered(overlay)
    .flatMap(({ data }) => data?.['regfsck.yaml'] ?? [])
    .join()
}

function metricsPathOf(overlay: string): string {
  const monitor = JSON.stringify(rendered(overlay).filter(({ kind }) => /Monitor$/.test(kind)))
  return /"path":"([^"]+)"/.exec(monitor)?.[1] ?? ''
}

async function statusOf(url: string, probe: IProbe | undefined): Promise<number | undefined> {
  try {
    return (await fetch(`${url}${probe?.httpGet?.path}`)).status
  } catch {
    return undefined
  }
}

async function until(holds: () => Promise<boolean>, { said }: Exporter): Promise<void> {
  for (const end = performance.now() + WITHIN; !(await holds()); await sleep(100))
    if (performance.now() > end) throw new Error(`waited in vain: ${said()}`)
}

function never(overlay: string): never {
  throw new Error(`${overlay} was not started`)
}
