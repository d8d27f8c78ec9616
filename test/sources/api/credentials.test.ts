import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { CredentialError, credentialFor } from '../../../src/sources/api/credentials.ts'
import { scratch } from '../../support/scratch.ts'

const directory = scratch()
let count = 0

/** A `DOCKER_CONFIG` of its own. */
function config(content: unknown, name = 'config.json'): { DOCKER_CONFIG: string } {
  const home = join(directory, String(count++))
  mkdirSync(home)
  writeFileSync(join(home, name), typeof content === 'string' ? content : JSON.stringify(content))
  return { DOCKER_CONFIG: home }
}

const auth = (text: string): string => Buffer.from(text).toString('base64')

it('a password is found under the exact host and port, and may hold colons', () => {
  const env = config({ auths: { 'reg.example:5000': { auth: auth('me:pass:word') } } })
  expect(credentialFor('reg.example:5000', env)).toMatchObject({ is: 'basic', username: 'me', password: 'pass:word' })
})

it.each(['reg.example', 'reg.example:5001', 'x.reg.example:5000', 'reg.example:5000.evil', 'REG.example:5000'])(
  'the look-alike %s gets nothing',
  (host) => {
    const env = config({ auths: { 'reg.example:5000': { auth: auth('me:pw') } } })
    expect(credentialFor(host, env)).toBeUndefined()
  },
)

it('a key may be a URL, as old clients wrote it', () => {
  const env = config({ auths: { 'https://reg.example/v1/': { username: 'me', password: 'pw' } } })
  expect(credentialFor('reg.example', env)).toMatchObject({ is: 'basic', username: 'me' })
})

it('the password for Docker Hub is found under the name that `docker login` writes', () => {
  const env = config({ auths: { 'https://index.docker.io/v1/': { auth: auth('me:pw') } } })
  expect(credentialFor('registry-1.docker.io', env)).toMatchObject({ username: 'me' })
})

it('an identity token goes before a password', () => {
  const env = config({ auths: { r: { auth: auth('me:pw'), identitytoken: 'refresh' } } })
  expect(credentialFor('r', env)).toMatchObject({ is: 'identity-token', token: 'refresh' })
})

it('a mounted .dockerconfigjson is read, and REGISTRY_AUTH_FILE goes before it', () => {
  const mounted = config({ auths: { r: { auth: auth('mounted:pw') } } }, '.dockerconfigjson')
  expect(credentialFor('r', mounted)).toMatchObject({ username: 'mounted' })
  const file = join(config({ auths: { r: { auth: auth('file:pw') } } }).DOCKER_CONFIG, 'config.json')
  expect(credentialFor('r', { ...mounted, REGISTRY_AUTH_FILE: file })).toMatchObject({ username: 'file' })
})

it('no config at all is no credential', () => {
  expect(credentialFor('r', { DOCKER_CONFIG: join(directory, 'nowhere') })).toBeUndefined()
})

it.each(['{"auths": {"r": {"auth": "canary', '["canary"]', '{"auths":{"r":{"auth":"Y2FuYXJ5"}}}'])(
  'a config that cannot be understood is named, and nothing of it is quoted: %s',
  (content) => {
    const env = config(content)
    const failure = (() => {
      try {
        return credentialFor('r', env)
      } catch (error) {
        return error
      }
    })()
    expect(failure).toBeInstanceOf(CredentialError)
    expect(String(failure)).toContain(env.DOCKER_CONFIG)
    expect(String(failure)).not.toMatch(/canary|Y2FuYXJ5/)
  },
)
