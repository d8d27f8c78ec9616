import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { image, layer } from '../support/builders/images.ts'
import { push } from '../support/builders/push.ts'
import { regfsck } from '../support/command/run.ts'
import { type Nginx, startNginx } from '../support/servers/nginx.ts'
import { type RunningRegistry, startRegistry } from '../support/servers/registry.ts'

const LAYERS = 131
const directory = mkdtempSync(join(tmpdir(), 'regfsck-nginx-'))
let registry: RunningRegistry
let nginx: Nginx

beforeAll(async () => {
  mkdirSync(join(directory, 'root'))
  registry = await startRegistry({ root: join(directory, 'root') })
  await push(
    { url: registry.url, repository: 'app' },
    image('many-layers', { layers: Array.from({ length: LAYERS }, (_, n) => layer(`layer ${n}`, 100)) }),
    'v1',
  )
  nginx = await startNginx({
    http: 'limit_req_zone $binary_remote_addr zone=slow:1m rate=5r/s;',
    server: `location /v2/ { limit_req zone=slow burst=2; limit_req_status 429; proxy_pass ${registry.url}; }
    location /nginx503/v2/ { limit_req zone=slow burst=2; proxy_pass ${registry.url}/v2/; }`,
  })
}, 120_000)

afterAll(async () => {
  await nginx.stop()
  await registry.stop()
  rmSync(directory, { recursive: true })
})

it.each(['', '/nginx503'])(
  'a check of 131 layers passes a real limit of five requests a second (%s)',
  async (prefix) => {
    const ran = await regfsck(['scan', '--repositories=app', '--output=json', `${nginx.url}${prefix}`], {
      limit: 200_000,
    })
    const [target] = JSON.parse(ran.stdout).targets
    expect(target).toMatchObject({ complete: true, unchecked: [], findings: [] })
    expect(target.totals.blobs.intact).toBe(LAYERS + 1)
    expect(ran.code).toBe(0)
  },
  300_000,
)
