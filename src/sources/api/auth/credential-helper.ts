import { type ChildProcess, spawn } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import type { Environment } from '../environment.ts'
import type { CredentialHelper, Secret } from './credentials.ts'
import { CredentialError, fieldsIn, textIn } from './docker-config.ts'

const PROGRAM = 'docker-credential-'
/** The config chooses the program: it must be a name on the PATH, never a path. */
const NAME = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/i
/** Helpers read lines: a host with a line break could request the credential of another host. @see CVE-2020-5260 */
const HOST = /^[\w.:[\]/-]+$/
/** Bytes. */
const OUTPUT_LIMIT = 64 * 1024
/** Milliseconds; some helpers wait for a person to unlock a keychain. */
const TIMEOUT = 10_000

/**
 * Asks a credential helper, without a shell. Error messages never quote its output, which may hold the secret.
 *
 * @param timeout milliseconds
 * @returns `undefined` if it has no credential for the host
 * @throws {CredentialError} if it cannot be run, fails, or prints something else than a credential
 * @see docker-credential-helpers, "Development"
 */
export async function askHelper(
  { name, host, from, env }: CredentialHelper,
  signal: AbortSignal,
  timeout: number = TIMEOUT,
): Promise<Secret | undefined> {
  if (!NAME.test(name)) throw new CredentialError(`${from} has an invalid name`)
  if (!HOST.test(host))
    throw new CredentialError(`${from} is not called for ${JSON.stringify(host)}, which is not a host`)
  const program = findOnPath(`${PROGRAM}${name}`, env)
  if (program === undefined) throw new CredentialError(`${from} cannot be run: no ${PROGRAM}${name} on the PATH`)
  const { code, output } = await runHelper({ program, host, env, from, timeout }, signal)
  if (code === 0) return secretIn(output, from)
  if (/^credentials not found/i.test(output.trim())) return undefined
  throw new CredentialError(`${from} ended with ${code}; to see why: echo ${host} | ${PROGRAM}${name} get`)
}

/** Ignores relative directories on the PATH: programs in the working directory must not be run. */
function findOnPath(program: string, { PATH: path = '' }: Environment): string | undefined {
  return path
    .split(delimiter)
    .filter(isAbsolute)
    .map((directory) => join(directory, program))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK)
        return statSync(file).isFile()
      } catch {
        return false
      }
    })
}

interface HelperRun {
  readonly program: string
  readonly host: string
  readonly env: Environment
  readonly from: string
  readonly timeout: number
}

interface HelperResult {
  /** The exit code, or the signal that ended the helper. */
  readonly code: number | string
  readonly output: string
}

function runHelper({ program, host, env, from, timeout }: HelperRun, signal: AbortSignal): Promise<HelperResult> {
  // In a process group of its own, so that its children can be killed too.
  const child = spawn(program, ['get'], { env, stdio: ['pipe', 'pipe', 'ignore'], detached: true })
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      stopTimer()
      killGroup(child)
      reject(new CredentialError(`${from} ${why}`))
    }
    const stopTimer = onTimeoutOrAbort(timeout, signal, fail)
    if (signal.aborted) fail(INTERRUPTED)
    child.once('error', (error) => {
      fail(`cannot be run: ${'code' in error ? String(error.code) : error.name}`)
    })
    const chunks = collect(child.stdout, () => {
      fail(`printed more than ${OUTPUT_LIMIT} bytes`)
    })
    child.once('close', (code, killedBy) => {
      stopTimer()
      resolve({ code: code ?? killedBy ?? 'nothing', output: Buffer.concat(chunks).toString('utf8') })
    })
    writeInput(child.stdin, host)
  })
}

/** Errors are ignored: a helper that does not read its input fails by its exit code. */
function writeInput(stdin: Writable, host: string): void {
  stdin.on('error', () => undefined)
  stdin.end(host)
}

const INTERRUPTED = 'was interrupted: the scan was stopped'

/** Calls `fail` after the timeout or when the signal aborts. @returns a function that stops both */
function onTimeoutOrAbort(timeout: number, signal: AbortSignal, fail: (why: string) => void): () => void {
  const onAbort = (): void => {
    fail(INTERRUPTED)
  }
  const timer = setTimeout(() => {
    fail(`did not answer in ${timeout / 1000} s`)
  }, timeout)
  signal.addEventListener('abort', onAbort, { once: true })
  return () => {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
  }
}

/** The output so far; grows as it comes. */
function collect(stream: Readable, onTooLong: () => void): readonly Buffer[] {
  const chunks: Buffer[] = []
  let bytes = 0
  stream.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    bytes += chunk.byteLength
    if (bytes > OUTPUT_LIMIT) onTooLong()
  })
  return chunks
}

function killGroup(child: ChildProcess): void {
  child.stdout?.destroy()
  child.unref()
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}

/** The user name `<token>` marks an identity token. */
function secretIn(output: string, from: string): Secret | undefined {
  const fields = fieldsIn(output)
  if (fields === undefined) throw new CredentialError(`${from} did not print a JSON object`)
  const username = textIn(fields, 'Username')
  const secret = textIn(fields, 'Secret')
  if (secret === undefined && username === undefined) return undefined
  if (secret === undefined || username === undefined)
    throw new CredentialError(`${from} answers without ${secret === undefined ? 'Secret' : 'Username'}`)
  if (username === '<token>') return { is: 'identity-token', token: secret, from }
  return { is: 'basic', username, password: secret, from }
}
