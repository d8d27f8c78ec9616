import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { type Certificate, makeCertificate } from '../servers/certificate.ts'

/** A real nginx before a registry, with a certificate of its own and a password. */
export interface NginxFront {
  /** `https://…` */
  readonly url: string
  readonly certificate: Certificate
  stop(): Promise<void>
}

export const USER = 'me'
export const PASSWORD = 'canary-password'

/** @param directory a new one, for all that it writes */
export async function startNginxFront(registry: string, directory: string): Promise<NginxFront> {
  mkdirSync(directory)
  const certificate = makeCertificate(join(directory, 'certificate'))
  const hash = execFileSync('openssl', ['passwd', '-apr1', PASSWORD], { encoding: 'utf8' }).trim()
  writeFileSync(join(directory, 'htpasswd'), `${USER}:${hash}\n`)
  const port = await freePort()
  writeFileSync(join(directory, 'nginx.conf'), config({ directory, port, certificate, registry }))
  const nginx = spawn('nginx', ['-e', 'stderr', '-p', directory, '-c', 'nginx.conf'], { stdio: 'ignore' })
  const stop = async (): Promise<void> => {
    const gone = once(nginx, 'close')
    nginx.kill('SIGTERM')
    await gone
  }
  for (let tries = 0; tries < 300; tries++) {
    // Plain text on a port of TLS is answered with 400: enough to know that it listens.
    if (await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined))
      return { url: `https://127.0.0.1:${port}`, certificate, stop }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  await stop()
  throw new Error('nginx did not start')
}

function config(about: {
  readonly directory: string
  readonly port: number
  readonly certificate: Certificate
  readonly registry: string
}): string {
  const { directory, port, certificate, registry } = about
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${directory}/${name};`,
  )
  return `daemon off; pid ${directory}/nginx.pid; user root; events {}
http {
  access_log off; ${temporary.join(' ')}
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${certificate.cert};
    ssl_certificate_key ${certificate.key};
    client_max_body_size 0;
    auth_basic registry;
    auth_basic_user_file ${directory}/htpasswd;
    location / {
      proxy_pass ${registry};
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-Proto https;
    }
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
