import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Certificate and key, PEM. */
export interface KeyPair {
  readonly cert: string
  readonly key: string
}

export interface Authority {
  /** PEM of its own certificate, to trust it. */
  readonly ca: string
  /** PEM of the key to that. */
  readonly key: string
  /** A certificate that it vouches for. @param about where it is good, and until when */
  issue(name: string, about?: { readonly san?: string; readonly until?: string }): KeyPair
}

const DATES = { from: '20200101000000Z', until: '20491231235959Z' }

/** An authority of its own, by the real `openssl`; for certificates that a client must or must not trust. */
export function makeAuthority(directory: string): Authority {
  mkdirSync(join(directory, 'issued'), { recursive: true })
  const at = (name: string): string => join(directory, name)
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { stdio: 'pipe', cwd: directory })
  writeFileSync(at('index.txt'), '')
  writeFileSync(
    at('ca.cnf'),
    [
      '[ca]\ndefault_ca = own',
      '[own]\ndatabase = index.txt\nnew_certs_dir = issued\ndefault_md = sha256\npolicy = any\nrand_serial = yes',
      'unique_subject = no\ncopy_extensions = copy\ncertificate = ca.pem\nprivate_key = ca.key',
      '[any]\ncommonName = supplied',
    ].join('\n'),
  )
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    '/CN=regfsck CA',
    '-addext',
    'subjectAltName=IP:127.0.0.1',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
  )
  const issue: Authority['issue'] = (name, { san = 'IP:127.0.0.1', until = DATES.until } = {}) => {
    const [key, request, cert] = [`${name}.key`, `${name}.csr`, `${name}.pem`]
    const asking = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=${san}`, '-keyout', key, '-out', request]
    openssl('req', '-new', '-newkey', 'rsa:2048', '-nodes', ...asking)
    const dates = ['-startdate', DATES.from, '-enddate', until]
    openssl('ca', '-batch', '-notext', '-config', 'ca.cnf', ...dates, '-in', request, '-out', cert)
    return { cert: readFileSync(at(cert), 'utf8'), key: readFileSync(at(key), 'utf8') }
  }
  return { ca: readFileSync(at('ca.pem'), 'utf8'), key: readFileSync(at('ca.key'), 'utf8'), issue }
}
