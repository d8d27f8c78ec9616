import { afterEach, expect, it } from 'vitest'
import { artifact, type ImageNode, image } from '../support/builders/images.ts'
import { regfsckHere } from '../support/command/run-in-process.ts'
import { type Quirk, type SimulatedRegistry, sendUnknown, simulateRegistry } from '../support/simulated/registry.ts'

const latest = image('latest')
const [first, second] = [signature('first', latest), signature('second', latest)]
let registry: SimulatedRegistry | undefined

afterEach(() => registry?.stop())

/** What answers at `/v2/app/referrers/DIGEST`. Simulated: docker-registry 2.8 has no such list. */
type Answer = (digest: string, page: string | null) => { status: number; body?: object; next?: string }

const TWO_PAGES: Answer = (digest, page) => {
  if (digest !== latest.descriptor.digest) return { status: 200, body: list([]) }
  if (page === null) return { status: 200, body: list([first]), next: `/v2/app/referrers/${digest}?page=2` }
  return { status: 200, body: list([second]) }
}

it('referrers that a registry lists are reached, those of all pages', async () => {
  expect(await protectList(TWO_PAGES)).toEqual({
    code: 0,
    stderr: '',
    digests: [...new Set([latest, first, second].flatMap(digestsOf))].sort(),
  })
})

it('a registry without lists of referrers keeps them under tags, and is not asked for each', async () => {
  const ran = await protectList(() => ({ status: 404 }))
  expect(ran).toEqual({ code: 0, stderr: '', digests: digestsOf(latest) })
})

it.each<[string, Answer]>([
  ['is denied', () => ({ status: 403 })],
  ['fails', () => ({ status: 500 })],
  ['is no list', () => ({ status: 200, body: { hello: 'world' } })],
  ['breaks off after the first page', (digest, page) => (page === null ? TWO_PAGES(digest, page) : { status: 404 })],
  ['does not end', (digest) => ({ status: 200, body: list([]), next: `/v2/app/referrers/${digest}?page=again` })],
])('what refers to an image is unknown if the list %s', async (_, answer) => {
  const ran = await protectList(answer)
  expect(ran).toMatchObject({ code: 3, stderr: expect.stringContaining('delete nothing') })
})

async function protectList(answer: Answer) {
  registry = await simulateRegistry(latest, withReferrers(answer))
  const ran = await regfsckHere(['reachable', '--protect-list', registry.url])
  const digests = ran.stdout.split('\n').flatMap((line) => (line === '' ? [] : line.replace('app@', '')))
  return { code: ran.code, stderr: ran.stderr, digests }
}

function withReferrers(answer: Answer): Quirk {
  return ({ path }, response) => {
    const [, digest] = /^\/v2\/app\/referrers\/(.*)$/.exec(path.pathname) ?? []
    const node = [first, second].find((each) => path.pathname === `/v2/app/manifests/${each.descriptor.digest}`)
    if (node !== undefined) {
      response.writeHead(200, { 'content-type': node.descriptor.mediaType }).end(node.bytes)
      return true
    }
    if (digest === undefined) return false
    const { status, body, next } = answer(digest, path.searchParams.get('page'))
    if (status === 404) sendUnknown(response, 'NOT_FOUND')
    else {
      const link = next === undefined ? {} : { link: `<${next}>; rel="next"` }
      response.writeHead(status, { 'content-type': 'application/vnd.oci.image.index.v1+json', ...link })
      response.end(JSON.stringify(body ?? { errors: [{ code: 'DENIED' }] }))
    }
    return true
  }
}

function list(nodes: readonly ImageNode[]): object {
  const mediaType = 'application/vnd.oci.image.index.v1+json'
  return { schemaVersion: 2, mediaType, manifests: nodes.map(({ descriptor }) => descriptor) }
}

function signature(seed: string, { descriptor: { mediaType, digest, size } }: ImageNode): ImageNode {
  return artifact(seed, 'application/vnd.example.signature', { fields: { subject: { mediaType, digest, size } } })
}

function digestsOf({ descriptor, config, layers }: ImageNode): string[] {
  return [...new Set([descriptor.digest, ...[config, ...layers].map((each) => each.descriptor.digest)])].sort()
}
