import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blob, json, layer, MEDIA_TYPE } from '../support/builders/images.ts'
import { pushBlob, pushManifest } from '../support/builders/push.ts'
import { storagePaths } from '../support/builders/storage-paths.ts'
import { BIN, regfsck, targetIn } from '../support/command/run.ts'
import { scratch } from '../support/scratch.ts'
import { type RunningRegistry, startRegistry } from '../support/servers/registry.ts'

const run = promisify(execFile)
const MiB = 1024 * 1024

/** As BuildKit exports it: an index of blobs. The layer is larger than any manifest. */
const big = layer('cache', 20 * MiB)
const config = blob(
  json({ layers: [{ blob: big.descriptor.digest }], records: [] }),
  'application/vnd.buildkit.cacheconfig.v0',
)
const index = json({
  schemaVersion: 2,
  mediaType: MEDIA_TYPE.oci.index,
  manifests: [big.descriptor, config.descriptor],
})

describe('the cache of a build in a real registry', () => {
  const root = scratch()
  let registry: RunningRegistry
  let source: RunningRegistry

  beforeAll(async () => {
    registry = await startRegistry({ root })
    source = await startRegistry({ root: scratch() })
    for (const { url } of [registry, source]) {
      const place = { url, repository: 'cache' }
      for (const each of [big, config]) await pushBlob(place, each.bytes)
      await pushManifest(place, { bytes: index, mediaType: MEDIA_TYPE.oci.index }, 'main')
    }
  })

  afterAll(async () => {
    await registry.stop()
    await source.stop()
  })

  const scan = async (target: string, depth = 'content') =>
    targetIn(await regfsck(['scan', '--output', 'json', '--recheck-delay', '0s', '--depth', depth, target]))
  const tools = scratch()
  writeFileSync(join(tools, 'regfsck'), `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`, { mode: 0o755 })
  const path = storagePaths(root).data(big.descriptor.digest)

  it('is whole, on disk and over the API, to the last byte', async () => {
    for (const target of [root, registry.url])
      expect(await scan(target)).toMatchObject({
        complete: true,
        findings: [],
        unchecked: [],
        totals: { blobs: { intact: 2 } },
      })
  })

  it.each([
    ['cut short', () => truncateSync(path, 19 * MiB), 'blob-size-mismatch'],
    ['gone', () => rmSync(path), 'layer-missing'],
  ])('is seen where its layer is %s, and the commands that are printed bring it back', async (_, harm, code) => {
    harm()
    const { findings } = await scan(root, 'blobs')
    expect(findings).toMatchObject([{ code, digest: big.descriptor.digest, tags: ['main'] }])
    expect((await scan(registry.url, 'blobs')).findings.map((finding) => finding.code)).toEqual([code])
    const { commands } = (findings[0] as unknown as { repair: { commands: string[] } }).repair
    const PATH = `${tools}:${process.env['PATH'] ?? ''}`
    const env = { PATH, REGISTRY: registry.url, SOURCE: source.url, RESTART: 'true', HOME: tools }
    await run('bash', ['-euo', 'pipefail', '-c', commands.join('\n')], { env, cwd: scratch() })
    const got = Buffer.from(
      await (await fetch(`${registry.url}/v2/cache/blobs/${big.descriptor.digest}`)).arrayBuffer(),
    )
    expect(`sha256:${createHash('sha256').update(got).digest('hex')}`).toBe(big.descriptor.digest)
    expect(await scan(root)).toMatchObject({ complete: true, findings: [] })
  })

  it('is no image to skopeo, so no command asks it to copy one', async () => {
    const copied = run('skopeo', [
      'copy',
      '--all',
      '--src-tls-verify=false',
      `docker://${source.host}/cache:main`,
      `dir:${scratch()}`,
    ])
    await expect(copied).rejects.toThrow()
  })
})
