import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { image } from '../../../support/builders/images.ts'
import { targetIn } from '../../../support/command/run.ts'
import { regfsckHere } from '../../../support/command/run-in-process.ts'
import { scratch } from '../../../support/scratch.ts'
import { type SimulatedRegistry, simulateRegistry } from '../../../support/simulated/registry.ts'

const node = image('edited')
const digest = node.descriptor.digest
const cache = join(scratch(), 'manifests')
/** The manifest after somebody has edited it: as long as before. */
const edited = Buffer.from(node.bytes.toString().replace('"size":', '"siZe":'))
let isEdited = false
let registry: SimulatedRegistry

beforeAll(async () => {
  registry = await simulateRegistry(node, ({ path, method }, response) => {
    if (!isEdited || method !== 'GET' || !path.pathname.includes('/manifests/')) return false
    response.writeHead(200, { 'content-type': node.descriptor.mediaType, 'docker-content-digest': digest }).end(edited)
    return true
  })
})

afterAll(() => registry.stop())

it('at depth content a cached manifest is fetched and hashed, so that a changed one is detected', async () => {
  expect(edited.byteLength).toBe(node.bytes.byteLength)
  expect(edited.equals(node.bytes)).toBe(false)
  for (const depth of ['blobs', 'content']) expect((await scan(depth)).code).toBe(0)
  isEdited = true
  const altered = await scan('content')
  expect(altered.code).toBe(1)
  expect(targetIn(altered).findings).toMatchObject([{ code: 'manifest-damaged', cause: 'digest-mismatch', digest }])
  isEdited = false
  registry.asked.length = 0
  expect((await scan('content')).code).toBe(0)
  expect(registry.asked).toContain(`GET /v2/app/manifests/${digest}`)
})

it('at depth blobs it is not fetched', async () => {
  registry.asked.length = 0
  expect((await scan('blobs')).code).toBe(0)
  expect(registry.asked).not.toContain(`GET /v2/app/manifests/${digest}`)
})

function scan(depth: string) {
  const flags = ['--output=json', '--recheck-delay=0', `--depth=${depth}`, '--manifest-cache', cache]
  return regfsckHere(['scan', ...flags, registry.url])
}
