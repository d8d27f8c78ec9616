import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { env } from 'node:process'
import { fileURLToPath } from 'node:url'

/** The built command; `TESTED_BIN` names another build of it, such as an installed package. */
export const BIN: string = env['TESTED_BIN'] ?? fileURLToPath(new URL('../../../dist/bin.js', import.meta.url))

/** How a run of the command ended, and all it said. */
export interface Ran {
  /** As a shell sees it: 128 and its number where a signal ended it, such as the SIGKILL sent at the limit. */
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** Milliseconds from start to end. */
  readonly took: number
}

export interface RunOptions {
  /** Added to an environment without any setting of the user who runs the tests. */
  readonly env?: Readonly<Record<string, string>>
  /** Whose rights it has; only root may choose. */
  readonly uid?: number
  readonly cwd?: string
  /** A command that runs the command, such as `strace` and its flags. */
  readonly under?: readonly string[]
  /** Milliseconds after which it is killed. */
  readonly limit?: number
  /** Told once it is started. */
  readonly onStart?: (pid: number) => void
  /** Told each piece of stderr as it comes. */
  readonly onStderr?: (piece: string) => void
}

const LIMIT = 60_000

/** Run `regfsck` as a process of its own, to its end. */
export function regfsck(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const [command = '', ...rest] = [...(options.under ?? []), process.execPath, BIN, ...args]
  const started = performance.now()
  const child = spawn(command, rest, {
    env: { PATH: env['PATH'], HOME: '/nonexistent', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
  })
  const stdout = collected(child.stdout)
  const stderr = collected(child.stderr)
  child.stderr.on('data', (piece: Buffer) => options.onStderr?.(piece.toString()))
  const hard = setTimeout(() => child.kill('SIGKILL'), options.limit ?? LIMIT)
  return new Promise((resolve, reject) => {
    child.once('spawn', () => options.onStart?.(child.pid ?? 0))
    child.once('error', reject)
    child.once('close', (exit, signal) => {
      clearTimeout(hard)
      const code = exit ?? 128 + constants.signals[signal ?? 'SIGKILL']
      resolve({ code, stdout: stdout(), stderr: stderr(), took: performance.now() - started })
    })
  })
}

function collected(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  return () => Buffer.concat(chunks).toString()
}

export interface SaidTag {
  readonly repository: string
  readonly tag: string
  readonly verdict: string
}

export interface SaidFinding {
  readonly id: string
  readonly code: string
  readonly cause: string
  readonly severity: string
  readonly repository?: string
  readonly tag?: string
  readonly digest?: string
  readonly tags: readonly string[]
  readonly confirmed: boolean
  readonly firstSeen?: string
  readonly isNew?: boolean
}

export interface SaidUnchecked {
  readonly repository?: string
  readonly tag?: string
  readonly digest?: string
  readonly path?: string
  readonly pattern?: string
  readonly because: string
  readonly detail?: string
}

type Ends = Readonly<Record<string, number>>

/** What the JSON report says about one registry. */
export interface SaidTarget {
  readonly target: string
  readonly registry: string
  readonly complete: boolean
  /** Why nothing could be said. */
  readonly error?: string
  readonly totals: {
    readonly repositories: number
    readonly tags: Ends
    readonly manifests: Ends
    readonly blobs: Ends
  } | null
  readonly tags: readonly SaidTag[]
  readonly findings: readonly SaidFinding[]
  readonly unchecked: readonly SaidUnchecked[]
  readonly fixed?: readonly { readonly id: string; readonly code: string; readonly repository?: string }[]
  readonly stillKnown?: readonly { readonly id: string; readonly code: string; readonly repository?: string }[]
}

export interface SaidReport {
  readonly verdict: 'damaged' | 'incomplete' | 'clean'
  readonly targets: readonly SaidTarget[]
}

/** @throws {Error} with all that was said, where stdout is no JSON */
export function reportIn({ stdout, stderr, code }: Ran): SaidReport {
  try {
    return JSON.parse(stdout)
  } catch (cause) {
    throw new Error(`no JSON on stdout, exit code ${code}: ${stderr}${stdout.slice(0, 500)}`, { cause })
  }
}

/** The one registry that a report is about, or the one of that name. */
export function targetIn(ran: Ran, registry?: string): SaidTarget {
  const { targets } = reportIn(ran)
  const found = registry === undefined ? targets[0] : targets.find((target) => target.registry === registry)
  if (!found) throw new Error(`no registry ${registry} among ${targets.map((each) => each.registry).join(', ')}`)
  return found
}

/** Scan with a JSON report on stdout and no wait before the second look. */
export function scanJson(
  targets: readonly string[],
  flags: readonly string[] = [],
  how: RunOptions = {},
): Promise<Ran> {
  return regfsck(['scan', '--output', 'json', '--recheck-delay', '0', ...flags, '--', ...targets], how)
}
