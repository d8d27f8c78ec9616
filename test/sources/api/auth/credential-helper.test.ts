import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { askHelper } from '../../../../src/sources/api/auth/credential-helper.ts'
import type { CredentialHelper } from '../../../../src/sources/api/auth/credentials.ts'
import { CredentialError } from '../../../../src/sources/api/auth/docker-config.ts'
import { scratch } from '../../../support/scratch.ts'

const directory = scratch()
const NAME = 'test.one-2'
const signal = new AbortController().signal
let count = 0

/** Simulated: a helper that is a shell script, on a PATH of its own. */
function helper(script: string, about: Partial<CredentialHelper> = {}): CredentialHelper & { readonly room: string } {
  const room = join(directory, String(count++))
  mkdirSync(room)
  const program = join(room, `docker-credential-${NAME}`)
  writeFileSync(program, `#!/bin/sh\ncd ${room}\n${script}\n`)
  chmodSync(program, 0o755)
  const env = { PATH: `${room}:${process.env['PATH']}`, MARK: 'handed on' }
  return { is: 'helper', name: NAME, host: 'r:5000', from: 'the helper', env, otherwise: undefined, room, ...about }
}

const answer = (fields: object): string => `cat >/dev/null; echo '${JSON.stringify(fields)}'`

it('a helper is run with `get`, the host on stdin, and the environment', async () => {
  const asked = helper(
    `cat >stdin; printf %s "$*" >args; printf %s "$MARK" >mark; ${answer({ ServerURL: 'r:5000', Username: 'me', Secret: 'pw' })}`,
  )
  expect(await askHelper(asked, signal)).toEqual({ is: 'basic', username: 'me', password: 'pw', from: 'the helper' })
  const said = ['stdin', 'args', 'mark'].map((file) => readFileSync(join(asked.room, file), 'utf8'))
  expect(said).toEqual(['r:5000', 'get', 'handed on'])
})

it('the user name <token> means an identity token', async () => {
  const asked = helper(answer({ Username: '<token>', Secret: 'refresh' }))
  expect(await askHelper(asked, signal)).toEqual({ is: 'identity-token', token: 'refresh', from: 'the helper' })
})

it.each([
  'echo "credentials not found in native keychain"; exit 1',
  answer({ ServerURL: '', Username: '', Secret: '' }),
])('a helper may have no credential for the host: %s', async (script) => {
  expect(await askHelper(helper(script), signal)).toBeUndefined()
})

it.each([
  ['ends badly', 'echo "canary-secret"; echo canary-secret >&2; exit 3', /ended with 3; to see why: echo r:5000 \| /],
  ['is killed', 'echo canary-secret; kill -9 $$', /ended with SIGKILL/],
  ['says no JSON', 'echo canary-secret', /did not print a JSON object/],
  ['says a list', 'echo \'["canary-secret"]\'', /did not print a JSON object/],
  ['names no user', answer({ Secret: 'canary-secret' }), /answers without Username/],
  ['says too much', 'yes canary-secret', /printed more than 65536 bytes/],
])('a helper that %s is an error in one line, which does not quote its output', async (_, script, message) => {
  const failure = await askHelper(helper(script), signal).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(CredentialError)
  expect(String(failure)).toMatch(message)
  expect(String(failure)).not.toMatch(/canary|\n/)
})

it('a helper that does not answer is killed together with its children', async () => {
  const asked = helper('(sleep 1; echo >late) & sleep 60')
  const started = performance.now()
  await expect(askHelper(asked, signal, 200)).rejects.toThrow('the helper did not answer in 0.2 s')
  expect(performance.now() - started).toBeLessThan(900)
  await sleep(1500)
  expect(existsSync(join(asked.room, 'late'))).toBe(false)
})

it('a stopped scan does not wait for a helper', async () => {
  const stop = new AbortController()
  setTimeout(() => stop.abort(), 100)
  await expect(askHelper(helper('sleep 60'), stop.signal)).rejects.toThrow('the scan was stopped')
})

it.each(['../evil', '/bin/sh', 'a/b', '..', '', 'a..b', 'x;id', '-x', 'a b', 'a\n'])(
  'of the name %j is not even looked for',
  async (name) => {
    await expect(askHelper(helper('echo', { name }), signal)).rejects.toThrow('has an invalid name')
  },
)

it.each(['r\nhost=other', 'r\r', 'r\0x', 'r x', '$(id)'])(
  'a helper is not run for an invalid host: %j',
  async (host) => {
    const asked = helper('touch asked', { host })
    await expect(askHelper(asked, signal)).rejects.toThrow('which is not a host')
    expect(existsSync(join(asked.room, 'asked'))).toBe(false)
  },
)

it('a helper that is not installed is reported, and none is run from the working directory', async () => {
  const { room, ...asked } = helper('touch asked')
  const before = process.cwd()
  process.chdir(room)
  try {
    const bare = askHelper({ ...asked, env: { PATH: '.::/nonexistent' } }, signal)
    await expect(bare).rejects.toThrow(`cannot be run: no docker-credential-${NAME} on the PATH`)
  } finally {
    process.chdir(before)
  }
})
