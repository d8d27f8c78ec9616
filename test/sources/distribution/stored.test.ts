import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Coverage } from '../../../src/check/records.ts'
import { filesystemSource } from '../../../src/sources/storage/filesystem-source.ts'
import { locateRegistries } from '../../../src/sources/storage/locate/locate.ts'
import { inProcessPool } from '../../../src/sources/storage/thread-pool.ts'
import { eventsOf, only, scanOptions, scene } from '../../check/scene.ts'
import { writeStorage } from '../../support/builders/write-storage.ts'
import { scratch } from '../../support/scratch.ts'

describe('what is stored', () => {
  const home = scratch()
  let roots = 0

  const coverageOf = async (registry: ReturnType<typeof scene>['registry'], garbage: boolean): Promise<Coverage> => {
    const root = join(home, String(roots++))
    writeStorage(registry, root)
    const { found } = await locateRegistries(root, { followSymlinks: false, isExcluded: () => false })
    const [at] = found
    if (!at) throw new Error(`no registry at ${root}`)
    const options = { registry: 'lab', followSymlinks: false, garbage, now: () => new Date(), pool: inProcessPool }
    const source = await filesystemSource(at, options)
    const [end] = only(await eventsOf(source, scanOptions({ garbage })), 'summary')
    await source.close()
    return end?.coverage as Coverage
  }

  it('is every blob, needed or not, and its bytes', async () => {
    const { registry } = scene()
    registry.blobs.set(registry.putBlob('left', Buffer.from('left over')), Buffer.from('left over'))
    registry.repositories.delete('left')
    const bytes = [...registry.blobs.values()].reduce((sum, blob) => sum + blob.length, 0)
    expect((await coverageOf(registry, true)).storage).toEqual({ blobs: registry.blobs.size, bytes })
  })

  it('is not known if it was not asked for, or if it is unknown what is needed', async () => {
    const { registry, amd64 } = scene()
    expect(await coverageOf(registry, false)).not.toHaveProperty('storage')
    registry.blobs.set(amd64.descriptor.digest, Buffer.from('damaged'))
    expect(await coverageOf(registry, true)).not.toHaveProperty('storage')
  })
})
