import { createSign, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Certificate } from '../servers/certificate.ts'

export const ISSUER = 'regfsck test issuer'
export const SERVICE = 'regfsck test registry'

export interface TokenServer {
  readonly realm: string
  /** The scopes that were asked for, in order; what `Authorization` each came with. */
  readonly asked: { readonly scope: string; readonly authorization: string | undefined }[]
  /** Seconds from now at which tokens end; the reference server lets them live a minute longer. */
  lifetime: number
  /** Where it is set, nobody gets anything but for this identity token, by POST. */
  refreshToken: string | undefined
  stop(): Promise<void>
}

/** Gives out the tokens that a real `docker-registry` believes: pulls for everybody, the catalog for nobody. */
export async function startTokenServer(certificate: Certificate): Promise<TokenServer> {
  const asked: TokenServer['asked'] = []
  const broken: string[] = []
  const server = createServer(async (request, response) => {
    const scanner = request.headers['user-agent']?.startsWith('regfsck') === true
    if (scanner && !['GET', 'POST'].includes(request.method ?? '')) broken.push(`${request.method} ${request.url}`)
    const url = new URL(request.url ?? '', 'http://token')
    const fields = request.method === 'POST' ? new URLSearchParams(await text(request)) : url.searchParams
    const scope = fields.get('scope') ?? ''
    asked.push({ scope, authorization: request.headers.authorization })
    const mayBuy =
      started.refreshToken === undefined ||
      (fields.get('grant_type') === 'refresh_token' && fields.get('refresh_token') === started.refreshToken)
    if (!mayBuy) {
      response.writeHead(401).end('{"error":"invalid_grant"}')
      return
    }
    const token = tokenFor(accessIn(scope), certificate, started.lifetime)
    // What it says of a token's life is not what the token says: only a 401 tells when it has ended.
    response.end(JSON.stringify({ token, expires_in: 3600 }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const started: TokenServer = {
    realm: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`,
    asked,
    lifetime: 60,
    refreshToken: undefined,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      if (broken.length > 0) throw new Error(`a scan never asks like this: ${broken.join(', ')}`)
    },
  }
  return started
}

/** What a token allows. */
export interface Access {
  readonly type: string
  readonly name: string
  readonly actions: readonly string[]
}

function accessIn(scope: string): Access[] {
  const [, type = '', name = '', actions = ''] = /^(\w+):(.+):([^:]+)$/.exec(scope) ?? []
  return type === 'repository' ? [{ type, name, actions: actions.split(',') }] : []
}

/** @param lifetime seconds, as above @see distribution, docs/spec/auth/jwt.md */
export function tokenFor(access: readonly Access[], { cert, key }: Certificate, lifetime: number): string {
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
    access,
  }
  const body = [{ typ: 'JWT', alg: 'RS256', x5c }, claims].map(encoded).join('.')
  return `${body}.${createSign('RSA-SHA256').update(body).sign(readFileSync(key), 'base64url')}`
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
