import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { regfsckHere } from '../../support/command/run-in-process.ts'
import { scratch } from '../../support/scratch.ts'

const directory = scratch()
/** Passwords that end up in other parts of a URL, and those that do not. */
const PASSWORDS = [
  'c4n4ry',
  'c4n/4ry',
  'c4n#4ry',
  'c4n?4ry',
  'c4n@4ry',
  'c4n:4ry',
  'c4n 4ry',
  'c4n%4ry',
  '12/c4n4ry',
  'c4n"4ry',
]
const PLACES = PASSWORDS.flatMap((password) =>
  [
    `https://ci:${password}@host.example/app:v1`,
    `http://ci:${password}@127.0.0.1:99999/app`,
    `ci:${password}@host.example/app`,
    `ci:${password}@host.example:5000/app:v1`,
    `HTTPS://ci:${password}@host.example/app`,
    `https:/ci:${password}@host.example/app`,
  ].map((text) => ({ text, password })),
)

function expectSilent(said: string, password: string): void {
  for (const part of [password, ...password.split(/[/#?@: %"]/)])
    if (part.includes('c4n') || part.includes('4ry')) expect(said).not.toContain(part)
}

describe('a password is never repeated', () => {
  it('and the sentence that says so is left whole', async () => {
    const { stderr } = await regfsckHere(['check', 'https://ci:c4n/4ry@host.example/app:v1'])
    expect(stderr).toBe(
      'regfsck: "***@host.example/app:v1" is not an image reference: it must not contain a user name or password (run docker login), and what follows an @ must be a digest\n',
    )
  })

  it.each(PLACES)('check $text', async ({ text, password }) => {
    const ran = await regfsckHere(['check', text])
    expect(ran).toMatchObject({ code: 2, stdout: '' })
    expect(ran.stderr).toMatch(/^regfsck: [^\n]*\n$/)
    expectSilent(ran.stderr, password)
  })

  it.each(PLACES)('scan $text', async ({ text, password }) => {
    const ran = await regfsckHere(['scan', text])
    expect(ran).toMatchObject({ code: 2, stdout: '' })
    expect(ran.stderr).toMatch(/^regfsck: [^\n]*must not contain a user name or password[^\n]*\n$/)
    expectSilent(ran.stderr, password)
  })

  it.each(PASSWORDS)('with %s, by any option or command', async (password) => {
    const url = `https://ci:${password}@host.example/app`
    for (const args of [
      [url],
      ['explain', url],
      ['explain', url, url],
      ['help', url],
      ['config', url],
      ['config', 'check', url],
      ['serve', '--config', url],
      ['serve', `--config=${url}`, url],
      ['check', `--registry=${url}`, 'host/app'],
      ['check', '--password', password, 'host.example/app'],
      ['scan', `--token=${url}`, directory],
      ...['against', 'push', 'depth', 'deadline', 'concurrency', 'fail-on', 'shard', 'output', 'ca-file'].map(
        (name) => [...['scan', directory, `--${name}`, url]],
      ),
      ['scan', directory, '--against', `http://ci:${password}@host.example`],
      ['check', 'host.example/app', '--expect-digest', url],
      ['check', 'host.example/app', '--platform', url],
      ['scan', '--repositories-from', url, directory],
      ['scan', '--state', url, directory],
    ]) {
      const ran = await regfsckHere(args)
      expect(ran.code, args.join(' ')).toBe(2)
      expect(ran.stdout, args.join(' ')).not.toContain('4ry')
      expectSilent(ran.stderr, password)
    }
  })

  it.each(PASSWORDS)('with %s in the environment', async (password) => {
    const url = `http://ci:${password}@host.example`
    for (const name of ['REGFSCK_AGAINST', 'REGFSCK_PUSH', 'REGFSCK_DEPTH', 'REGFSCK_CONFIG'])
      await withEnvironment(name, url, async () => {
        const ran = await regfsckHere(['scan', directory], { env: { [name]: url } })
        expect(ran.code, name).toBe(2)
        expectSilent(`${ran.stdout}${ran.stderr}`, password)
      })
  })

  it.each(['c4n4ry', 'c4n/4ry', '12/c4n4ry', '12#c4n4ry'])(
    'with %s in a proxy that the environment names',
    async (password) => {
      const env = { HTTP_PROXY: `http://ci:${password}@127.0.0.1:1` }
      const ran = await regfsckHere(['scan', 'http://host.example', '--request-timeout=300ms'], { env })
      expect(ran.code).toBe(4)
      expectSilent(`${ran.stdout}${ran.stderr}`, password)
    },
  )

  it.each(PASSWORDS)('with %s in a configuration file', async (password) => {
    const file = join(directory, 'regfsck.yaml')
    for (const target of [`https://ci:${password}@host.example`, `ci:${password}@host.example`]) {
      writeFileSync(
        file,
        `registries: [{name: a, target: ${JSON.stringify(target)}, depth: ${JSON.stringify(target)}}]`,
      )
      for (const args of [
        ['config', 'check', file],
        ['serve', '--config', file],
      ]) {
        const ran = await regfsckHere(args)
        expect(ran).toMatchObject({ code: 2, stdout: '' })
        expectSilent(ran.stderr, password)
      }
      writeFileSync(file, `registries: [{name: a, target: ${JSON.stringify(target)}}]`)
      const ran = await regfsckHere(['config', 'check', file])
      expect(ran.stderr).toMatch(/registries\[0\]\.target: .*must not contain a user name or password/)
      expectSilent(ran.stderr, password)
    }
  })
})

describe('the twin that is no password', () => {
  it('a path with an @ is a path, and is printed', async () => {
    const path = join(directory, 'app@v1:2')
    mkdirSync(path)
    expect(await regfsckHere(['scan', path])).toMatchObject({ code: 4 })
    expect((await regfsckHere(['scan', '/nonexistent/a:b@c'])).stdout).toContain('/nonexistent/a:b@c')
  })
})

async function withEnvironment(name: string, value: string, act: () => Promise<void>): Promise<void> {
  process.env[name] = value
  try {
    await act()
  } finally {
    delete process.env[name]
  }
}
