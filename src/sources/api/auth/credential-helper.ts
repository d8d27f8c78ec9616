import { type ChildProcess, spawn } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'
import type { CredentialHelper, Secret } from './credentials.ts'
import { CredentialError, type Environment, fieldsIn, textIn } from './docker-config.ts'

const PROGRAM = 'docker-credential-'
/** The config decides which program is run: one of that name on the PATH, never a path. */
const NAME = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/i
/** Helpers read lines: a line break in the host would let it ask for another one. @see CVE-2020-5260 */
const HOST = /^[\w.:[\]/-]+$/
/** Bytes of an answer. */
const ANSWER_LIMIT = 64 * 1024
/** Milliseconds until a helper is given up; some wait for a person to unlock a keychain. */
const PATIENCE = 10_000

/**
 * Ask a credential helper, without a shell.
 *
 * Nothing that it says is repeated where it fails: that may hold the secret.
 *
 * @param patience milliseconds
 * @returns `undefined` where it knows nothing of the host
 * @throws {CredentialError} where it cannot be run, fails, or does not answer as helpers do
 * @see docker-credential-helpers, "Development"
 */
export async function askHelper(
  { name, host, from, env }: CredentialHelper,
  signal: AbortSignal,
  patience: number = PATIENCE,
): Promise<Secret | undefined> {
  if (!NAME.test(name)) throw new CredentialError(`${from} has an invalid name`)
  if (!HOST.test(host))
    throw new CredentialError(`${from} is not called for ${JSON.stringify(host)}, which is not a host`)
  const program = onPath(`${PROGRAM}${name}`, env)
  if (program === undefined) throw new CredentialError(`${from} cannot be run: no ${PROGRAM}${name} on the PATH`)
  const { code, text } = await answerOf({ program, host, env, from, patience }, signal)
  if (code === 0) return secretIn(text, from)
  if (/^credentials not found/i.test(text.trim())) return undefined
  throw new CredentialError(`${from} ended with ${code}; to see why: echo ${host} | ${PROGRAM}${name} get`)
}

/** Only what is named by an absolute path: what lies in the working directory is not to be run. */
function onPath(program: string, { PATH: path = '' }: Environment): string | undefined {
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

interface Run {
  readonly program: string
  readonly host: string
  readonly env: Environment
  readonly from: string
  readonly patience: number
}

function answerOf(
  { program, host, env, from, patience }: Run,
  signal: AbortSignal,
): Promise<{ readonly code: number | string; readonly text: string }> {
  // A group of its own, so that what it starts ends with it.
  const child = spawn(program, ['get'], { env, stdio: ['pipe', 'pipe', 'ignore'], detached: true })
  const pieces: Buffer[] = []
  let bytes = 0
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      finish()
      endGroup(child)
      reject(new CredentialError(`${from} ${why}`))
    }
    const stopped = (): void => {
      fail('was interrupted: the scan was stopped')
    }
    const timer = setTimeout(() => {
      fail(`did not answer in ${patience / 1000} s`)
    }, patience)
    const finish = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stopped)
    }
    signal.addEventListener('abort', stopped, { once: true })
    if (signal.aborted) stopped()
    child.once('error', (error) => {
      fail(`cannot be run: ${'code' in error ? String(error.code) : error.name}`)
    })
    child.stdout.on('data', (piece: Buffer) => {
      pieces.push(piece)
      bytes += piece.byteLength
      if (bytes > ANSWER_LIMIT) fail(`printed more than ${ANSWER_LIMIT} bytes`)
    })
    child.once('close', (code, killed) => {
      finish()
      resolve({ code: code ?? killed ?? 'nothing', text: Buffer.concat(pieces).toString('utf8') })
    })
    // One that does not read what it is asked says so by how it ends.
    child.stdin.on('error', () => undefined)
    child.stdin.end(host)
  })
}

function endGroup(child: ChildProcess): void {
  child.stdout?.destroy()
  child.unref()
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // It is gone by itself.
  }
}

/** Where the user is called `<token>`, the secret is an identity token. */
function secretIn(text: string, from: string): Secret | undefined {
  const answer = fieldsIn(text)
  if (answer === undefined) throw new CredentialError(`${from} did not print a JSON object`)
  const username = textIn(answer, 'Username')
  const secret = textIn(answer, 'Secret')
  if (secret === undefined && username === undefined) return undefined
  if (secret === undefined || username === undefined)
    throw new CredentialError(`${from} answers without ${secret === undefined ? 'Secret' : 'Username'}`)
  if (username === '<token>') return { is: 'identity-token', token: secret, from }
  return { is: 'basic', username, password: secret, from }
}
