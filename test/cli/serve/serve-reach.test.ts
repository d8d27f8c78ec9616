import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../src/cli/options/usage-error.ts'
import { readServeRequest, type ServeRequest } from '../../../src/cli/serve/serve-request.ts'
import { scratch } from '../../support/scratch.ts'

const DIRECTORY = scratch()

function written(text: string): string {
  const file = join(DIRECTORY, 'regfsck.yaml')
  writeFileSync(file, text)
  return file
}

function read(text: string): Promise<ServeRequest> {
  return readServeRequest(written(text), { env: {} })
}

async function problems(text: string): Promise<readonly string[]> {
  const error: unknown = await read(text).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof UsageError) return error.problems.map((problem) => problem.replaceAll(DIRECTORY, ''))
  expect(error).toBeUndefined()
  return []
}

describe('where and as whom serve answers: it', () => {
  it.each(['localhost', 'a:b', ':', '127.0.0.1:70000', '::1:9847', '[::]', '9847x', '-1', 'http://x:1', ''])(
    'does not listen on %j',
    async (listen) => {
      const file = written('registries: [{name: a, target: /a}]')
      await expect(readServeRequest(file, { env: {} }, { listen })).rejects.toThrow(/--listen: expected HOST:PORT/)
      const inFile = written(JSON.stringify({ listen, registries: [{ name: 'a', target: '/a' }] }))
      await expect(readServeRequest(inFile, { env: {} })).rejects.toThrow(/listen: expected/)
    },
  )

  it.each([
    ['0.0.0.0:80', '0.0.0.0', 80],
    ['[::1]:9000', '::1', 9000],
    ['[::]:9847', '::', 9847],
    ['[fe80::1%eth0]:9847', 'fe80::1%eth0', 9847],
    [':9847', '::', 9847],
    ['9847', '::', 9847],
    ['regfsck.internal:9847', 'regfsck.internal', 9847],
  ])('listens on %j, whatever the file says', async (text, host, port) => {
    const file = written('listen: 127.0.0.1:1\nregistries: [{name: a, target: /a}]')
    expect(await readServeRequest(file, { env: {} }, { listen: text })).toMatchObject({ listen: { host, port } })
    const inFile = written(`listen: ${JSON.stringify(text)}\nregistries: [{name: a, target: /a}]`)
    expect(await readServeRequest(inFile, { env: {} })).toMatchObject({ listen: { host, port } })
  })

  it('listens on a port that is a number', async () => {
    expect(await read('listen: 9847\nregistries: [{name: a, target: /a}]')).toMatchObject({
      listen: { host: '::', port: 9847 },
    })
    expect(await problems('listen: 70000\nregistries: [{name: a, target: /a}]')).toEqual([
      '/regfsck.yaml:1: listen: expected a port of at most 65535, not 70000',
    ])
  })

  it('answers to the host of its external URL, and to the hosts that are named', async () => {
    const text = `
external-url: https://status.example.com:8443/ops/
allowed-hosts: [regfsck.monitoring.svc, "*.internal"]
registries: [{name: a, target: /a}]
`
    expect(await read(text)).toMatchObject({
      externalUrl: 'https://status.example.com:8443/ops/',
      allowedHosts: ['regfsck.monitoring.svc', '*.internal', 'status.example.com'],
    })
    expect(
      await readServeRequest(
        written(text),
        { env: {} },
        { externalUrl: 'http://[fd00::1]/x', allowedHosts: ['other.example'] },
      ),
    ).toMatchObject({ externalUrl: 'http://[fd00::1]/x', allowedHosts: ['other.example', '[fd00::1]'] })
  })

  it.each([
    'status.example.com',
    'ftp://status.example.com',
    'https:status.example.com',
    'https://user:secret@status.example.com/',
    'https://status.example.com/?x',
    'https://status.example.com/#x',
    'https://status.example.com/a b',
    'https://status.example.com/%2F',
    'https://status.example.com/a//b',
    'https://status.example.com/registries',
    'https://status.example.com/api/regfsck',
    'https://status.example.com/runbooks',
    '',
  ])('is not reached at %j', async (url) => {
    const entry = { 'external-url': url, registries: [{ name: 'a', target: '/a' }] }
    const [problem, ...more] = await problems(JSON.stringify(entry))
    expect(more).toEqual([])
    expect(problem).toMatch(/^\/regfsck.yaml:1: external-url: (?:expected https:\/\/HOST|expected a PREFIX that)/)
    const file = written('registries: [{name: a, target: /a}]')
    await expect(readServeRequest(file, { env: {} }, { externalUrl: url })).rejects.toThrow(/--external-url: /)
  })

  it.each(['https://status.example.com', 'a.example:80', '*x.example', 'a..*', 'a b', ''])(
    'does not answer to %j',
    async (host) => {
      const entry = { 'allowed-hosts': [host], registries: [{ name: 'a', target: '/a' }] }
      expect(await problems(JSON.stringify(entry))).toEqual([
        expect.stringMatching(/^\/regfsck.yaml:1: allowed-hosts\[0\]: expected a host without a port/),
      ])
    },
  )
})
