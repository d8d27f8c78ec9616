import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { credentialFor as credentialOf } from '../../../../src/sources/api/auth/credentials.ts'
import { CredentialError } from '../../../../src/sources/api/auth/docker-config.ts'
import { scratch } from '../../../support/scratch.ts'

const credentialFor = (host: string, env: Record<string, string | undefined>, helpers = false) =>
  credentialOf({ host }, env, helpers)
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

it('a password is found under the exact host and port, and may contain colons', () => {
  const env = config({ auths: { 'reg.example:5000': { auth: auth('me:pass:word') } } })
  expect(credentialFor('reg.example:5000', env)).toMatchObject({ is: 'basic', username: 'me', password: 'pass:word' })
})

it.each([
  'reg.example',
  'reg.example:5001',
  'x.reg.example:5000',
  'example:5000',
  'reg.example:50',
  'reg.example:5000.evil',
  'reg.example.:5000',
  'me@reg.example:5000',
])('the look-alike %s gets nothing', (host) => {
  const env = config({ auths: { 'reg.example:5000': { auth: auth('me:pw') } } })
  expect(credentialFor(host, env)).toBeUndefined()
})

it.each([
  'https://me@reg.example/v1/',
  'https://reg.example:5000/v1/',
  'https://reg.example.evil/v1/',
  'https://evil/reg.example',
  'https://reg.example?x',
  'ftp://reg.example',
  '*.example',
  'reg.example.',
])('a key that only resembles the host is not used: %s', (key) => {
  expect(credentialFor('reg.example', config({ auths: { [key]: { auth: auth('me:pw') } } }))).toBeUndefined()
})

it.each(['https://reg.example/v1/', 'https://reg.example/v2/', 'http://reg.example', 'https://reg.example/'])(
  'a key may be a URL, as old clients wrote it: %s',
  (key) => {
    const env = config({ auths: { [key]: { username: 'me', password: 'pw' } } })
    expect(credentialFor('reg.example', env)).toMatchObject({ is: 'basic', username: 'me' })
  },
)

it('of several keys for a host, the exact name wins, and one without a credential is skipped', () => {
  const [old, own] = [{ auth: auth('old:pw') }, { auth: auth('own:pw') }]
  const both = config({ auths: { 'https://r/v1/': old, r: own, 'https://r': old } })
  expect(credentialFor('r', both)).toMatchObject({ username: 'own' })
  expect(credentialFor('r', config({ auths: { r: {}, 'https://r/v1/': old } }))).toMatchObject({ username: 'old' })
})

it('a credential for a namespace is not used for the whole host, and the message mentions it', () => {
  const env = config({ auths: { 'reg.example/team': { auth: auth('team:canary') } } })
  expect(credentialFor('reg.example', env)).toEqual({
    is: 'withheld',
    why: `that of ${env.DOCKER_CONFIG}/config.json for reg.example/team is not for the whole host`,
  })
  expect(credentialFor('reg.example.evil', env)).toBeUndefined()
})

it.each(['REG.example:5000', 'https://Reg.Example:5000/v1/'])('host names ignore case: %s', (key) => {
  const env = config({ auths: { [key]: { auth: auth('me:pw') } } })
  expect(credentialFor('reg.example:5000', env)).toMatchObject({ username: 'me' })
  expect(credentialFor('reg.example', env)).toBeUndefined()
})

describe('of keys for parts of a host, the longest that contains the repository wins', () => {
  const users = ['r', 'r/team', 'r/team/app', 'r/other']
  const env = config({ auths: Object.fromEntries(users.map((key) => [key, { auth: auth(`${key}:pw`) }])) })

  it.each([
    ['team/app', 'r/team/app'],
    ['team/app/more', 'r/team/app'],
    ['team/apple', 'r/team'],
    ['team', 'r/team'],
    ['teams/app', 'r'],
    ['other/app', 'r/other'],
    ['elsewhere', 'r'],
  ])('%s: %s', (repository, username) => {
    expect(credentialOf({ host: 'r', repository }, env)).toMatchObject({ username })
  })

  it('and none of another host or another part is used', () => {
    expect(credentialOf({ host: 'x', repository: 'team/app' }, env)).toBeUndefined()
    const own = config({ auths: { 'r/team': { auth: auth('me:pw') } } })
    expect(credentialOf({ host: 'r', repository: 'other/app' }, own)).toMatchObject({
      is: 'withheld',
      why: expect.stringContaining('r/team is not for other/app'),
    })
  })

  it('for Docker Hub too, under each of its names', () => {
    const hub = config({
      auths: { 'docker.io/team': { auth: auth('team:pw') }, 'https://index.docker.io/v1/': { auth: auth('me:pw') } },
    })
    for (const host of ['registry-1.docker.io', 'index.docker.io', 'docker.io']) {
      expect(credentialOf({ host, repository: 'team/app' }, hub)).toMatchObject({ username: 'team' })
      expect(credentialOf({ host, repository: 'library/app' }, hub)).toMatchObject({ username: 'me' })
    }
  })
})

it('the password for Docker Hub is found under the key that `docker login` writes', () => {
  const env = config({ auths: { 'https://index.docker.io/v1/': { auth: auth('me:pw') } } })
  expect(credentialFor('registry-1.docker.io', env)).toMatchObject({ username: 'me' })
})

it('an identity token is preferred to a password', () => {
  const env = config({ auths: { r: { auth: auth('me:pw'), identitytoken: 'refresh' } } })
  expect(credentialFor('r', env)).toMatchObject({ is: 'identity-token', token: 'refresh' })
})

it('a mounted .dockerconfigjson is read, and REGISTRY_AUTH_FILE takes precedence', () => {
  const mounted = config({ auths: { r: { auth: auth('mounted:pw') } } }, '.dockerconfigjson')
  expect(credentialFor('r', mounted)).toMatchObject({ username: 'mounted' })
  const file = join(config({ auths: { r: { auth: auth('file:pw') } } }).DOCKER_CONFIG, 'config.json')
  expect(credentialFor('r', { ...mounted, REGISTRY_AUTH_FILE: file })).toMatchObject({ username: 'file' })
})

it("podman's files are read after docker's own, each where the one before knows nothing", () => {
  const home = join(directory, 'home')
  const write = (path: string, auths: object): void => {
    mkdirSync(join(home, path, '..'), { recursive: true })
    writeFileSync(join(home, path), JSON.stringify({ auths }))
  }
  write('.docker/config.json', { a: { auth: auth('docker:pw') } })
  write('run/containers/auth.json', { a: { auth: auth('podman:pw') }, b: { auth: auth('podman:pw') } })
  write('.config/containers/auth.json', { b: { auth: auth('kept:pw') }, c: { auth: auth('kept:pw') } })
  const env = { HOME: home, XDG_RUNTIME_DIR: join(home, 'run') }
  const users = ['a', 'b', 'c'].map((host) => credentialFor(host, env))
  expect(users).toMatchObject([{ username: 'docker' }, { username: 'podman' }, { username: 'kept' }])
  expect(credentialFor('b', { ...env, DOCKER_CONFIG: join(home, '.docker') })).toBeUndefined()
})

it('a REGISTRY_AUTH_FILE that does not exist is an error; an empty one means no credentials', () => {
  const missing = join(directory, 'nowhere.json')
  expect(() => credentialFor('r', { REGISTRY_AUTH_FILE: missing })).toThrow(
    `REGISTRY_AUTH_FILE names ${missing}, which does not exist`,
  )
  expect(credentialFor('r', { REGISTRY_AUTH_FILE: '/dev/null' })).toBeUndefined()
})

describe('a credential helper', () => {
  const file = (env: { DOCKER_CONFIG: string }): string => `${env.DOCKER_CONFIG}/config.json`

  it('is mentioned but not used without --credential-helpers', () => {
    const env = config({ auths: { r: {} }, credsStore: 'osxkeychain' })
    expect(credentialFor('r', env)).toEqual({
      is: 'withheld',
      why: `it may be in the credential helper "osxkeychain" (${file(env)}): use --credential-helpers to run it`,
    })
  })

  it('of the host takes precedence over the general one, and is not used for a similar host', () => {
    const env = config({ credsStore: 'every', credHelpers: { 'r:5000': 'own', quiet: '' } })
    expect(credentialFor('r:5000', env, true)).toMatchObject({ is: 'helper', name: 'own', host: 'r:5000' })
    expect(credentialFor('r', env, true)).toMatchObject({ is: 'helper', name: 'every', host: 'r' })
    expect(credentialFor('quiet', env, true)).toBeUndefined()
    expect(credentialFor('x.r:5000', config({ credHelpers: { 'r:5000': 'own' } }), true)).toBeUndefined()
  })

  it('is asked for Docker Hub under the key that `docker login` writes', () => {
    const env = config({ credsStore: 'pass' })
    expect(credentialFor('registry-1.docker.io', env, true)).toMatchObject({ host: 'https://index.docker.io/v1/' })
  })

  it('takes precedence over a password in the file, which is used if it has none', () => {
    const env = config({ auths: { r: { auth: auth('me:pw') } }, credsStore: 'pass' })
    expect(credentialFor('r', env, true)).toMatchObject({ is: 'helper', otherwise: { username: 'me' } })
    expect(credentialFor('r', env)).toMatchObject({ is: 'basic', username: 'me' })
  })
})

it('without a config there is no credential', () => {
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
