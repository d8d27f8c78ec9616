import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { unusedPort } from './pushgateway.ts'

/** A real nginx. */
export interface Nginx {
  readonly url: string
  stop(): Promise<void>
}

/** @param http what stands in its block `http` before the server, and what in the server */
export async function startNginx({ http = '', server }: { http?: string; server: string }): Promise<Nginx> {
  const directory = mkdtempSync(join(tmpdir(), 'regfsck-nginx-'))
  const port = await unusedPort()
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${directory}/${name};`,
  )
  writeFileSync(
    join(directory, 'nginx.conf'),
    `daemon off; pid ${directory}/nginx.pid; events {}
http {
  access_log off; ${temporary.join(' ')}
  ${http}
  server {
    listen 127.0.0.1:${port};
    ${server}
  }
}`,
  )
  const child = spawn('nginx', ['-e', 'stderr', '-p', directory, '-c', 'nginx.conf'], { stdio: 'ignore' })
  const url = `http://127.0.0.1:${port}`
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    if (child.exitCode === null) await once(child, 'close')
    rmSync(directory, { recursive: true })
  }
  for (let tries = 0; tries < 300; tries++) {
    if (await fetch(`${url}/`).catch(() => undefined)) return { url, stop }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  await stop()
  throw new Error('nginx did not start')
}
