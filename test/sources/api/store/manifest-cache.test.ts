import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { image } from '../../../support/builders/images.ts'
import { regfsckHere } from '../../../support/command/run-in-process.ts'
import { scratch } from '../../../support/scratch.ts'
import { type Quirk, sendUnknown, simulateRegistry } from '../../../support/simulated/registry.ts'

const noLayers: Quirk = ({ path }, response) => {
  if (!path.pathname.includes('/blobs/')) return false
  sendUnknown(response, 'BLOB_UNKNOWN')
  return true
}

it('simulated: the cache does not grow when the same damage is checked again', async () => {
  const registry = await simulateRegistry(image('broken'), noLayers)
  const cache = join(scratch(), 'manifests')
  const scan = async () => {
    const ran = await regfsckHere(['scan', '--recheck-delay=0', `--manifest-cache=${cache}`, registry.url])
    expect(ran.code).toBe(1)
    return bytesBelow(cache)
  }
  const once = await scan()
  for (let runs = 0; runs < 3; runs++) expect(await scan()).toBe(once)
  await registry.stop()
})

function bytesBelow(directory: string): number {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' })
  return names.reduce((sum, name) => {
    const stat = statSync(join(directory, name))
    return stat.isFile() ? sum + stat.size : sum
  }, 0)
}
