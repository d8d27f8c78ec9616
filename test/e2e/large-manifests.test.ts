import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { image, index } from '../support/builders/images.ts'
import { push } from '../support/builders/push.ts'
import { storagePaths } from '../support/builders/storage-paths.ts'
import { regfsck } from '../support/command/run.ts'
import { builtScan } from '../support/command/scan-built.ts'
import { scratch } from '../support/scratch.ts'
import { withRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'

const MIB = 1024 * 1024
const directory = scratch()
const arm64 = image('large', { platform: 'linux/arm64' })
const root = index([image('small'), arm64])

describeWithServers(['docker-registry'], 'the manifest of a child of an index, with more after it', () => {
  it.each([1, 5, 17])('%i MiB: is damaged, and nothing proves the image', async (mebibytes) => {
    const at = join(directory, String(mebibytes))
    await withRegistry({ root: at }, ({ url }) => push({ url, repository: 'app' }, root, 'latest'))
    appendFileSync(storagePaths(at).data(arm64.descriptor.digest), Buffer.alloc(mebibytes * MIB, ' '))

    const scanned = await builtScan(at, 'blobs')
    expect(scanned.findings).toMatchObject([
      { code: 'manifest-damaged', cause: 'digest-mismatch', digest: arm64.descriptor.digest, tags: ['latest'] },
    ])
    expect(scanned.tags).toMatchObject([{ verdict: 'degraded' }])
    expect(scanned.exit).toBe(1)

    await withRegistry({ root: at }, async ({ url, host }) => {
      const answer = await fetch(`${url}/v2/app/manifests/${arm64.descriptor.digest}`, {
        headers: { accept: arm64.descriptor.mediaType },
      })
      await answer.arrayBuffer()
      expect(answer.status).toBe(mebibytes > 4 ? 500 : 200)
      const checked = await regfsck(['check', '--recheck-delay=0', `http://${host}/app:latest`])
      expect([checked.code, checked.stdout]).toEqual([mebibytes > 4 ? 3 : 1, ''])
    })
  })
})
