import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { image } from '../support/builders/images.ts'
import { type SaidTarget, targetIn } from '../support/command/run.ts'
import { regfsckHere } from '../support/command/run-in-process.ts'
import { scratch } from '../support/scratch.ts'
import { ATTACKS, ATTACKS_ON_BODIES } from '../support/simulated/attacks.ts'
import { type Quirk, simulateRegistry } from '../support/simulated/registry.ts'

const directory = scratch()
const node = image('threatened')
/** As it is, and in the three ways in which base64 may hold it. */
const CANARY = /canary-(?:password|identity|token|issued|key)|Y2FuYXJ5|NhbmFye|jYW5hcn/
const PASSWORD = Buffer.from('me:canary-password').toString('base64')
const KEY = '-----BEGIN PRIVATE KEY-----\ncanary-key\n-----END PRIVATE KEY-----\n'

/** Which requests an attack is the answer to, and the exit code of a scan that is attacked there. */
const PLACES = {
  'the registry as a whole': [(path: string) => path === '/v2/', 4],
  'the catalog': [(path: string) => path.startsWith('/v2/_catalog'), 4],
  'the list of tags': [(path: string) => path.includes('/tags/list'), 3],
  manifests: [(path: string) => path.includes('/manifests/'), 3],
  blobs: [(path: string) => path.includes('/blobs/'), 3],
} as const

/** By what the scan has to show, and what it must show to be let in. */
const CREDENTIALS = {
  'a password': ['auth', PASSWORD, `Basic ${PASSWORD}`],
  'an identity token': ['identitytoken', 'canary-identity', 'Bearer canary-issued'],
  'a token file': [undefined, 'canary-token', 'Bearer canary-token'],
} as const
const KINDS = Object.keys(CREDENTIALS) as (keyof typeof CREDENTIALS)[]

const NONE = 'does nothing wrong'
const scenarios = Object.keys(PLACES)
  .flatMap((place, row) =>
    Object.keys(ATTACKS).map((attack, column) => ({
      attack,
      place: place as keyof typeof PLACES,
      kind: KINDS[(row + column) % KINDS.length] ?? 'a password',
    })),
  )
  // Whether there is a registry at all is told by the status alone.
  .filter(({ attack, place }) => place !== 'the registry as a whole' || !ATTACKS_ON_BODIES.has(attack))

/** Another host, which must never see a secret; it asks for one all the time. */
let stranger: Server
let elsewhere: string
const strangersRequests: IncomingMessage[] = []

beforeAll(async () => {
  stranger = createServer((request, response) => {
    strangersRequests.push(request)
    const realm = `Bearer realm="http://${request.headers.host}/token",service="s"`
    response.writeHead(401, { 'www-authenticate': [realm, 'Basic realm="please"'] }).end()
  })
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.2', resolve))
  elsewhere = `http://127.0.0.2:${(stranger.address() as AddressInfo).port}`
  writeFileSync(join(directory, 'key.pem'), KEY)
})

afterAll(() => {
  stranger.closeAllConnections()
  stranger.close()
})

/** What the registry answers to whoever has not been let in yet. */
function doorOf(kind: keyof typeof CREDENTIALS): Quirk {
  const [, , welcome] = CREDENTIALS[kind]
  return (request, response) => {
    if (request.url === '/token') response.end('{"token":"canary-issued"}')
    else if (request.headers.authorization === welcome) return false
    else {
      const realm = `Bearer realm="http://${request.headers.host}/token",service="s"`
      const challenge = kind === 'an identity token' ? realm : 'Basic realm="me"'
      response.writeHead(401, { 'www-authenticate': challenge }).end()
    }
    return true
  }
}

let runs = 0

async function attacked({ attack, place, kind }: (typeof scenarios)[number]) {
  const isIt = attack === NONE ? () => false : PLACES[place][0]
  const door = doorOf(kind)
  const registry = await simulateRegistry(node, (request, response) => {
    // Who buys a token for each question asks there without one: that it is wanted is answer enough.
    const isBare = kind === 'an identity token' && request.path.pathname === '/v2/' && isIt('/v2/')
    if (!isBare && door(request, response)) return true
    if (!isIt(request.path.pathname)) return false
    ATTACKS[attack]?.(response, elsewhere)
    return true
  })
  const room = join(directory, String(runs++))
  mkdirSync(room)
  const [field, secret] = CREDENTIALS[kind]
  const auths = field === undefined ? {} : { [registry.host]: { [field]: secret } }
  writeFileSync(join(room, 'config.json'), JSON.stringify({ auths }))
  writeFileSync(join(room, 'token'), secret)
  const formats = ['table', 'ndjson', 'junit', 'markdown']
  const args = [
    ...['scan', '--request-timeout=250ms', '--recheck-delay=0', '--log-level=trace', '--output=json'],
    ...formats.map((format) => `--output=${format}=${join(room, `report.${format}`)}`),
    ...(field === undefined ? [`--token-file=${join(room, 'token')}`] : []),
    ...[`--client-cert=${join(directory, 'key.pem')}`, `--client-key=${join(directory, 'key.pem')}`],
  ]
  try {
    const ran = await regfsckHere([...args, registry.url], { env: { DOCKER_CONFIG: room } })
    const files = readdirSync(room).filter((name) => name.startsWith('report.'))
    expect(files.length).toBe(formats.length)
    const written = files.map((name) => readFileSync(join(room, name), 'utf8'))
    return { ran, said: [ran.stdout, ran.stderr, ...written].join('\n'), asked: registry.asked }
  } finally {
    await registry.stop()
  }
}

function becauseOf({ unchecked, error }: SaidTarget): Set<string> {
  return new Set(error === undefined ? unchecked.map(({ because }) => because) : ['error'])
}

describe.concurrent('simulated: where a server', () => {
  it.each(scenarios)('$attack for $place, nothing is called damaged and nothing printed of $kind', async (scenario) => {
    const { ran, said } = await attacked(scenario)
    const target = targetIn(ran)
    expect(target.findings).toEqual([])
    expect(target.complete).toBe(false)
    expect(ran.code).toBe(PLACES[scenario.place][1])
    expect(becauseOf(target).size).toBeGreaterThan(0)
    expect(said).not.toMatch(CANARY)
    expect(ran.took).toBeLessThan(20_000)
  })
})

it('no secret has reached the stranger in all of that, although it was asked and asked for one', () => {
  expect(strangersRequests.length).toBeGreaterThan(0)
  for (const { rawHeaders, url, method } of strangersRequests) {
    expect([...rawHeaders, url].join('\n')).not.toMatch(CANARY)
    expect(rawHeaders.map((name) => name.toLowerCase())).not.toContain('authorization')
    expect(method).toMatch(/^(?:GET|HEAD)$/)
  }
})

it('without an attack the same scans are let in, find nothing wrong, and print no secret', async () => {
  for (const kind of KINDS) {
    const { ran, said, asked } = await attacked({ attack: NONE, place: 'blobs', kind })
    expect(asked.length).toBeGreaterThan(0)
    expect([kind, ran.code]).toEqual([kind, 0])
    expect(said).not.toMatch(CANARY)
  }
})
