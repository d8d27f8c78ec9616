import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { image } from '../../../support/builders/images.ts'
import { type Ran, targetIn } from '../../../support/command/run.ts'
import { regfsckHere } from '../../../support/command/run-in-process.ts'
import { scratch } from '../../../support/scratch.ts'
import { type Quirk, sendUnknown, simulateRegistry } from '../../../support/simulated/registry.ts'

const directory = scratch()
const node = image('moved')
const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

type Answer = (request: IncomingMessage, response: ServerResponse) => boolean

/** Simulated: a registry that sends on all questions but one, and what it sends them on to, on another host. */
async function scan(command: 'scan' | 'check', status: number, what: RegExp, spoil: Answer = () => false) {
  const behind = await simulateRegistry(node)
  const asked: IncomingMessage[] = []
  const elsewhere = createServer((request, response) => {
    asked.push(request)
    if (spoil(request, response)) return
    fetch(`${behind.url}${request.url}`, {
      method: request.method ?? 'GET',
      headers: { 'user-agent': 'regfsck', accept: request.headers.accept ?? '*/*' },
    }).then(async (answer) => {
      response.writeHead(answer.status, Object.fromEntries(answer.headers))
      response.end(Buffer.from(await answer.arrayBuffer()))
    })
  })
  servers.push(elsewhere)
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.2', resolve))
  const away = `http://127.0.0.2:${(elsewhere.address() as AddressInfo).port}`
  const quirk: Quirk = (request, response) => {
    if (request.headers.authorization === undefined)
      response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()
    else if (what.test(request.path.pathname)) response.writeHead(status, { location: `${away}${request.url}` }).end()
    else return false
    return true
  }
  const front = await simulateRegistry(node, quirk)
  const room = join(directory, String(status))
  mkdirSync(room, { recursive: true })
  const auth = Buffer.from('me:canary').toString('base64')
  const auths = { [front.host]: { auth }, [new URL(away).host]: { auth } }
  writeFileSync(join(room, 'config.json'), JSON.stringify({ auths }))
  const target = command === 'check' ? `${front.url}/app:latest` : front.url
  const ran = await regfsckHere(
    [command, '--output=json', '--recheck-delay=0', '--all-tags', target].filter(
      (word) => command === 'scan' || word !== '--all-tags',
    ),
    {
      env: { DOCKER_CONFIG: room },
    },
  )
  await front.stop()
  await behind.stop()
  return { ran, asked }
}

const verdicts = (ran: Ran) => targetIn(ran).tags.map(({ verdict }) => verdict)

describe.each(['scan', 'check'] as const)('simulated: a registry that redirects to another (%s)', (command) => {
  it.each([301, 302, 303, 307, 308])('is followed for manifests and lists without credentials (%i)', async (status) => {
    const { ran, asked } = await scan(command, status, /manifests\/|tags\/list|_catalog/)
    expect([ran.code, verdicts(ran)]).toEqual([0, ['intact']])
    expect(asked.length).toBeGreaterThan(1)
    expect(asked.map(({ headers }) => headers.authorization).filter((each) => each !== undefined)).toEqual([])
    expect(new Set(asked.map(({ method }) => method))).toEqual(new Set(['GET', 'HEAD']))
  })

  it('lacks a manifest that the other reports unknown; a web page there proves nothing', async () => {
    const gone =
      (answer: (response: ServerResponse) => void): Answer =>
      ({ url }, response) => {
        if (!url?.includes('/manifests/')) return false
        answer(response)
        return true
      }
    const manifests = /manifests\//
    const unknown = await scan(
      command,
      307,
      manifests,
      gone((response) => sendUnknown(response, 'MANIFEST_UNKNOWN')),
    )
    expect(targetIn(unknown.ran).findings.map(({ code }) => code)).toEqual(['tag-dangling'])
    const page = { 'content-type': 'text/html' }
    for (const code of [200, 404]) {
      const { ran } = await scan(
        command,
        307,
        manifests,
        gone((response) => void response.writeHead(code, page).end('<html>')),
      )
      expect([code, ran.code, targetIn(ran).findings]).toEqual([code, 3, []])
    }
  })

  it('is damaged if the bytes there are wrong: the digest is verified wherever they come from', async () => {
    const altered: Answer = ({ url, method }, response) => {
      if (method === 'HEAD' || !url?.includes('/manifests/sha256')) return false
      response.writeHead(200, { 'content-type': node.descriptor.mediaType }).end(`${node.bytes} `)
      return true
    }
    const { ran } = await scan(command, 307, /manifests\//, altered)
    expect(targetIn(ran).findings.map(({ code }) => code)).toEqual(['manifest-damaged'])
  })
})

describe('simulated: a blob that a registry redirects to an object store', () => {
  const S3 =
    '<?xml version="1.0"?><Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>'
  const answers =
    (body: string): Answer =>
    (_, response) => {
      response.writeHead(404, { 'content-type': 'application/xml' }).end(body)
      return true
    }

  it.each([
    ['S3', S3],
    ['Azure', '<Error><Code>BlobNotFound</Code></Error>'],
    ['Google', '{"error":{"code":404,"message":"No such object: bucket/x"}}'],
    ['Swift', '<html><h1>Not Found</h1><p>The resource could not be found.</p></html>'],
    ['another registry', '{"errors":[{"code":"BLOB_UNKNOWN"}]}'],
  ])('is missing if the store says so (%s)', async (_, body) => {
    const { ran } = await scan('scan', 307, /blobs\//, answers(body))
    expect(targetIn(ran).findings.map(({ code }) => code)).toContain('layer-missing')
  })

  it.each([
    ['lacks the bucket', S3.replace('NoSuchKey', 'NoSuchBucket')],
    ['lacks the container', '<Error><Code>ContainerNotFound</Code></Error>'],
    ['is behind a gateway that is lost', 'default backend - 404'],
    ['says nothing', ''],
  ])('is unchecked if the store %s', async (_, body) => {
    const { ran } = await scan('scan', 307, /blobs\//, answers(body))
    expect([targetIn(ran).findings, ran.code]).toEqual([[], 3])
  })
})
