import { createSign, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Certificate } from './certificate.ts'

export const ISSUER = 'regfsck test issuer'
export const SERVICE = 'regfsck test registry'

export interface TokenServer {
  readonly realm: string
  /** The scopes that were asked for, in order; what `Authorization` each came with. */
  readonly asked: { readonly scope: string; readonly authorization: string | undefined }[]
  /** Seconds from now at which tokens end; the reference server lets them live a minute longer. */
  lifetime: number
  stop(): Promise<void>
}

/** Gives out the tokens that a real `docker-registry` believes: pulls for everybody, the catalog for nobody. */
export async function startTokenServer(certificate: Certificate): Promise<TokenServer> {
  const asked: TokenServer['asked'] = []
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://token')
    const scope = url.searchParams.get('scope') ?? ''
    asked.push({ scope, authorization: request.headers.authorization })
    // What it says of a token's life is not what the token says: only a 401 tells when it has ended.
    response.end(JSON.stringify({ token: tokenFor(scope, certificate, started.lifetime), expires_in: 3600 }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const started: TokenServer = {
    realm: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`,
    asked,
    lifetime: 60,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return started
}

/** @see distribution, docs/spec/auth/jwt.md */
function tokenFor(scope: string, { cert, key }: Certificate, lifetime: number): string {
  const [, type, name, actions] = /^(\w+):(.+):([^:]+)$/.exec(scope) ?? []
  const granted = type === 'repository' ? [{ type, name, actions: (actions ?? '').split(',') }] : []
  const now = Math.floor(Date.now() / 1000)
  const x5c = [new X509Certificate(readFileSync(cert)).raw.toString('base64')]
  const claims = {
    iss: ISSUER,
    sub: '',
    aud: SERVICE,
    exp: now + lifetime,
    nbf: now - 3600,
    iat: now,
    jti: `${now}-${Math.random()}`,
    access: granted,
  }
  const body = [{ typ: 'JWT', alg: 'RS256', x5c }, claims].map(encoded).join('.')
  return `${body}.${createSign('RSA-SHA256').update(body).sign(readFileSync(key), 'base64url')}`
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
