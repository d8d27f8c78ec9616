import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What a test may ask of a real registry. The defaults are the honest ones: no descriptor cache between disk and client. */
export interface RegistryOptions {
  /** The storage root: `docker/registry/v2` appears below it. */
  readonly root: string
  /** The in-memory descriptor cache of the shipped example configs; it hides damage once warm. */
  readonly cache?: boolean
  /** Accept layers that carry `urls`, which the registry refuses by default. */
  readonly urls?: boolean
  /** Let schema 1 manifests in and out. */
  readonly schema1?: boolean
  /** A port of 127.0.0.1; a free one where absent. */
  readonly port?: number
  /** More top-level config sections; they replace a section of the same name. */
  readonly config?: Readonly<Record<string, unknown>>
}

/** A `docker-registry serve` of its own, on loopback. */
export interface RunningRegistry {
  readonly root: string
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string
  /** `127.0.0.1:<port>`, as image references want it. */
  readonly host: string
  /** All that the registry has logged so far. */
  logs(): string
  /**
   * Ends the process and waits until it is gone. May be called twice.
   * @throws {Error} where a scan has sent anything but GET and HEAD
   */
  stop(): Promise<void>
}

export interface CollectOptions {
  /** `-m`: what breaks tagged indexes up to 2.8.3. */
  readonly deleteUntagged?: boolean
  readonly dryRun?: boolean
  readonly schema1?: boolean
}

/** How a run of the real `garbage-collect` ended. A non-zero `code` is an abort: nothing was swept. */
export interface Collected {
  readonly code: number | null
  readonly output: string
}

/** It takes 4 MiB of memory for each blob that it reads: to collect them less often takes half of its time away. */
const ENVIRONMENT = { ...process.env, GOGC: '1000' }
const START_LIMIT_MS = 30_000
const STOP_LIMIT_MS = 5_000
const running = new Set<ChildProcess>()

process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/**
 * Start a real registry on a free port of 127.0.0.1.
 *
 * The registry itself picks the port and logs it, so no other process can take it in between.
 *
 * @throws {Error} with the registry's log when it does not come up
 */
export async function startRegistry(options: RegistryOptions): Promise<RunningRegistry> {
  const config = await writeConfig(options)
  const child = spawn('docker-registry', ['serve', config.file], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: ENVIRONMENT,
  })
  running.add(child)
  const log = collectOutput(child)
  const gone = ended(child).finally(async () => {
    running.delete(child)
    await config.remove()
  })
  const stop = async () => {
    child.kill('SIGTERM')
    const hard = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS)
    await gone
    clearTimeout(hard)
    refuseWrites(log())
  }
  try {
    const host = await listening(child, log)
    const url = `http://${host}`
    await fetch(`${url}/v2/`)
    return { root: options.root, url, host, logs: log, stop }
  } catch (cause) {
    await stop()
    throw new Error(`docker-registry did not start: ${log()}`, { cause })
  }
}

/** Run a piece of a test against a registry that is stopped afterwards, whatever happens. */
export async function withRegistry<T>(
  options: RegistryOptions,
  use: (registry: RunningRegistry) => Promise<T>,
): Promise<T> {
  const registry = await startRegistry(options)
  try {
    return await use(registry)
  } finally {
    await registry.stop()
  }
}

/** The real `docker-registry garbage-collect`. An abort is an answer here (`code`), not an exception. */
export async function collectGarbage(root: string, options: CollectOptions = {}): Promise<Collected> {
  const config = await writeConfig({ root, schema1: options.schema1 ?? false })
  const flags = [options.deleteUntagged ? ['--delete-untagged'] : [], options.dryRun ? ['--dry-run'] : []].flat()
  const child = spawn('docker-registry', ['garbage-collect', ...flags, config.file], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const log = collectOutput(child)
  const code = await ended(child)
  await config.remove()
  return { code, output: log() }
}

function configOf({
  root,
  cache,
  urls,
  schema1,
  port = 0,
  config,
}: RegistryOptions): Readonly<Record<string, unknown>> {
  return {
    version: 0.1,
    log: { level: 'info' },
    storage: {
      filesystem: { rootdirectory: root },
      delete: { enabled: true },
      maintenance: { uploadpurging: { enabled: false } },
      ...(cache ? { cache: { blobdescriptor: 'inmemory' } } : {}),
    },
    http: { addr: `127.0.0.1:${port}`, secret: 'for tests only' },
    ...(urls ? { validation: { manifests: { urls: { allow: ['.*'] } } } } : {}),
    ...(schema1 ? { compatibility: { schema1: { enabled: true } } } : {}),
    ...config,
  }
}

/** The config stays outside the storage root, whose fingerprint tests take. JSON is YAML. */
async function writeConfig(options: RegistryOptions): Promise<{ file: string; remove: () => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'regfsck-registry-'))
  const file = join(directory, 'config.yml')
  await writeFile(file, JSON.stringify(configOf(options)))
  return { file, remove: () => rm(directory, { recursive: true, force: true }) }
}

/** Others push to it in tests; a scan is told by the name that it gives itself. */
function refuseWrites(log: string): void {
  const written = [...log.matchAll(/"([A-Z]+ \/\S*) HTTP\/[^"]*" \d+ \d+ "[^"]*" "regfsck\b/g)]
    .map(([, request = '']) => request)
    .filter((request) => !/^(?:GET|HEAD) /.test(request))
  if (written.length > 0) throw new Error(`a scan never asks like this: ${written.join(', ')}`)
}

function collectOutput(child: ChildProcess): () => string {
  const chunks: Buffer[] = []
  const keep = (chunk: Buffer) => chunks.push(chunk)
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  return () => Buffer.concat(chunks).toString()
}

/** `close`, not `exit`: the output is whole only then. A command that cannot be started ends with `null`. */
function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    child.once('close', (code) => resolve(code))
    child.once('error', () => resolve(null))
  })
}

function listening(child: ChildProcess, log: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const host = /listening on (127\.0\.0\.1:\d+)/.exec(log())?.[1]
      if (host !== undefined) finish(() => resolve(host))
    }
    const fail = () => finish(() => reject(new Error('ended or silent before it listened')))
    const timer = setTimeout(fail, START_LIMIT_MS)
    const finish = (settle: () => void) => {
      clearTimeout(timer)
      child.stderr?.off('data', look)
      settle()
    }
    child.stderr?.on('data', look)
    child.once('close', fail)
    child.once('error', fail)
  })
}
