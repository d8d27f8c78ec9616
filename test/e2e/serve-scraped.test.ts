import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { copyOfFixture, fixture } from '../support/builders/fixtures.ts'
import { type Serving, serving } from '../support/command/serve.ts'
import { scratch } from '../support/scratch.ts'
import { type RunningRegistry, startRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'

/** Families that are there only where requests are sent, damage is remembered, garbage is looked for, or links are set. */
const RARE = ['http_request_duration_seconds_bucket', 'oldest_failure_timestamp_seconds', 'garbage_bytes', 'links_info']

describeWithServers(
  ['docker-registry', 'prometheus'],
  'what serve exposes after scans of storage and of an API',
  () => {
    let registry: RunningRegistry
    let server: Serving

    beforeAll(async () => {
      const home = scratch()
      registry = await startRegistry({ root: copyOfFixture('layer-blob-missing', join(home, 'served')) })
      const links = { 'report-url': 'https://regfsck.lan/', 'runbook-url': 'https://git.lan/runbooks' }
      const profiles = [
        { name: 'fast', depth: 'graph' },
        { name: 'deep', depth: 'content', garbage: true, ...links },
      ]
      const registries = [
        { name: 'stored', target: fixture('child-deleted-by-gc-m'), profiles },
        { name: 'served', target: registry.url },
      ]
      const config = join(home, 'regfsck.yaml')
      writeFileSync(config, JSON.stringify({ defaults: { 'recheck-delay': '0s' }, registries }))
      server = await serving(config)
      await server.until('scan.finished', 3)
    }, 60_000)
    afterAll(async () => {
      await server?.end('SIGKILL')
      await registry?.stop()
    })

    it('is nothing that promtool has to complain of', async () => {
      const input = await server.get('/metrics')
      for (const family of RARE) expect(input).toContain(`\nregistry_integrity_${family}{`)
      const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' })
      expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' })
    })
  },
)
