import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { pullScopes } from '../../../../src/sources/api/auth/token-scope.ts'
import { image } from '../../../support/builders/images.ts'
import { type Ran, targetIn } from '../../../support/command/run.ts'
import { regfsckHere } from '../../../support/command/run-in-process.ts'
import { scratch } from '../../../support/scratch.ts'
import { type Quirk, simulateRegistry } from '../../../support/simulated/registry.ts'

const directory = scratch()
const node = image('behind-tokens')

interface Habits {
  /** Status of a token request for no scope, or for none that is sold. */
  readonly refuses: number
  /** Scopes that are sold to everybody. */
  readonly sells: readonly string[]
  /** Whether one scope that is not sold spoils the others. */
  readonly isStrict?: boolean
  /** What the registry's challenge for a repository names. */
  readonly challenges?: string
}

/** Simulated: a registry that takes a token for exactly what it challenged for, and its token server. */
async function run(command: 'scan' | 'check', habits: Habits, flags: readonly string[] = [], identity?: string) {
  const bought: string[][] = []
  const quirk: Quirk = (request, response) => {
    const { pathname, searchParams } = request.path
    const own = habits.challenges ?? 'repository:app:pull'
    const wanted = pathname === '/v2/_catalog' ? 'registry:catalog:*' : own
    if (pathname === '/token') {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const posted = new URLSearchParams(Buffer.concat(chunks).toString())
        const scopes = request.method === 'POST' ? (posted.get('scope') ?? '').split(' ') : searchParams.getAll('scope')
        bought.push(scopes)
        const sold = scopes.filter((scope) => habits.sells.includes(scope))
        const isRefused = sold.length === 0 || (habits.isStrict === true && sold.length < scopes.length)
        if (isRefused) response.writeHead(habits.refuses).end('{"errors":[{"code":"UNAUTHORIZED"}]}')
        else response.end(JSON.stringify({ token: sold.map((scope) => Buffer.from(scope).toString('hex')).join('.') }))
      })
      return true
    }
    const token = request.headers.authorization?.replace('Bearer ', '').split('.') ?? []
    if (token.includes(Buffer.from(wanted).toString('hex'))) return false
    const scope = pathname === '/v2/' ? '' : `,scope="${wanted}"`
    const challenge = `Bearer realm="http://${request.headers.host}/token",service="s"${scope}`
    response.writeHead(401, { 'www-authenticate': challenge }).end('{"errors":[{"code":"UNAUTHORIZED"}]}')
    return true
  }
  const registry = await simulateRegistry(node, quirk)
  const room = join(directory, identity ?? 'nobody')
  mkdirSync(room, { recursive: true })
  const auths = identity === undefined ? {} : { [registry.host]: { identitytoken: identity } }
  writeFileSync(join(room, 'config.json'), JSON.stringify({ auths }))
  const target = command === 'check' ? `${registry.url}/app:latest` : registry.url
  const args = [command, '--output=json', '--recheck-delay=0', ...flags, target]
  const ran: Ran = await regfsckHere(args, { env: { DOCKER_CONFIG: room } })
  await registry.stop()
  return { ran, bought }
}

const PULL = 'repository:app:pull'
const READS = [PULL, 'registry:catalog:*']

describe('simulated: a token server that grants nothing without a scope', () => {
  it.each([
    ['Harbor', 401],
    ['GitLab', 403],
  ])('(%s) is asked for a token with the scope of the request', async (_, refuses) => {
    for (const command of ['scan', 'check'] as const) {
      const { ran, bought } = await run(command, { refuses, sells: READS })
      expect([command, ran.code, targetIn(ran).complete]).toEqual([command, 0, true])
      expect(bought.filter((scopes) => scopes.length === 0)).toEqual([])
    }
  })

  it.each([401, 403])(
    'and denies the catalog too (%i): exit 4, with the advice to name repositories',
    async (refuses) => {
      const { ran } = await run('scan', { refuses, sells: [PULL] })
      expect([ran.code, targetIn(ran).error]).toEqual([
        4,
        expect.stringMatching(/token server answered 40.*--repositories/),
      ])
      expect((await run('scan', { refuses, sells: [PULL] }, ['--repositories=app'])).ran.code).toBe(0)
    },
  )

  it.each([401, 403])('and denies the repository too (%i): exit 4, with the reason', async (refuses) => {
    for (const [command, flags] of [
      ['check', []],
      ['scan', ['--repositories=app']],
    ] as const) {
      const { ran } = await run(command, { refuses, sells: [] }, flags)
      expect([command, ran.code]).toEqual([command, 4])
      expect(targetIn(ran).error).toContain(`the token server answered ${refuses}; no credential was found`)
    }
  })
})

describe('simulated: a registry behind a proxy that serves it under another path', () => {
  const challenges = 'repository:project/upstream/app:pull'
  const habits: Habits = { refuses: 401, sells: [challenges, READS[1] ?? ''], challenges }

  it.each(['scan', 'check'] as const)(
    'gets the token that it says it wants, and ours with it (%s)',
    async (command) => {
      const { ran, bought } = await run(command, habits)
      expect([ran.code, targetIn(ran).complete]).toEqual([0, true])
      expect(bought).toContainEqual([challenges, PULL])
    },
  )

  it('also if our own scope makes the server refuse', async () => {
    const { ran, bought } = await run('check', { ...habits, isStrict: true })
    expect([ran.code, targetIn(ran).complete]).toEqual([0, true])
    expect(bought.at(-1)).toEqual([challenges])
  })

  it('with an identity token too', async () => {
    const { ran, bought } = await run('check', habits, [], 'refresh')
    expect([ran.code, bought.at(-1)]).toEqual([0, [challenges, PULL]])
  })
})

describe('the scope of a challenge', () => {
  it.each([
    ['repository:app:pull', ['repository:app:pull']],
    ['repository:app:pull,push', ['repository:app:pull']],
    ['repository:app:*', ['repository:app:pull']],
    ['repository:host:5000/app:pull', ['repository:host:5000/app:pull']],
    ['repository(plugin):app:pull', ['repository(plugin):app:pull']],
    ['registry:catalog:*', ['registry:catalog:*']],
    ['repository:a:pull repository:b:push,pull', ['repository:a:pull', 'repository:b:pull']],
    ['repository:app:push', []],
    ['repository:app:delete', []],
    ['registry:users:*', []],
    ['admin:everything:*', []],
    ['', []],
    ['nonsense', []],
    [`repository:${'x'.repeat(5000)}:pull`, []],
  ])('is reduced to reading: %s', (text, scopes) => {
    expect(pullScopes(text)).toEqual(scopes)
  })
})
