import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { regfsck } from '../support/cli.ts'
import { image, layer } from '../support/images.ts'
import { push } from '../support/push.ts'
import { type RunningRegistry, startRegistry } from '../support/registry.ts'

const LAYERS = 131
const directory = mkdtempSync(join(tmpdir(), 'regfsck-nginx-'))
let registry: RunningRegistry
let nginx: ChildProcess
let url: string

beforeAll(async () => {
  mkdirSync(join(directory, 'root'))
  registry = await startRegistry({ root: join(directory, 'root') })
  await push(
    { url: registry.url, repository: 'app' },
    image('many-layers', { layers: Array.from({ length: LAYERS }, (_, n) => layer(`layer ${n}`, 100)) }),
    'v1',
  )
  const port = await freePort()
  url = `http://127.0.0.1:${port}`
  writeFileSync(join(directory, 'nginx.conf'), config(port))
  nginx = spawn('nginx', ['-e', 'stderr', '-p', directory, '-c', 'nginx.conf'], { stdio: 'ignore' })
  for (let tries = 0; tries < 100; tries++) {
    if (await fetch(`${url}/`).catch(() => undefined)) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('nginx did not start')
}, 120_000)

afterAll(async () => {
  nginx.kill('SIGTERM')
  await once(nginx, 'close')
  await registry.stop()
  rmSync(directory, { recursive: true })
})

function config(port: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${directory}/${name};`,
  )
  return `daemon off; pid ${directory}/nginx.pid; events {}
http {
  access_log off; ${temporary.join(' ')}
  limit_req_zone $binary_remote_addr zone=slow:1m rate=5r/s;
  server {
    listen 127.0.0.1:${port};
    location /v2/ { limit_req zone=slow burst=2; limit_req_status 429; proxy_pass ${registry.url}; }
    location /nginx503/v2/ { limit_req zone=slow burst=2; proxy_pass ${registry.url}/v2/; }
  }
}`
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address !== null ? address.port : 0
}

it.each(['', '/nginx503'])(
  'a check of 131 layers passes a real limit of five requests a second (%s)',
  async (prefix) => {
    const ran = await regfsck(['scan', '--repositories=app', '--output=json', `${url}${prefix}`], { limit: 200_000 })
    const [target] = JSON.parse(ran.stdout).targets
    expect(target).toMatchObject({ complete: true, unchecked: [], findings: [] })
    expect(target.totals.blobs.intact).toBe(LAYERS + 1)
    expect(ran.code).toBe(0)
  },
  300_000,
)
