import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

/** A certificate that vouches for itself, and its key, as PEM files. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** Made by the real `openssl`, for 127.0.0.1 and two days. */
export function makeCertificate(directory: string): Certificate {
  mkdirSync(directory, { recursive: true })
  const [cert, key] = [join(directory, 'cert.pem'), join(directory, 'key.pem')]
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=regfsck test']
  const files = ['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert]
  execFileSync('openssl', [...request, ...files], { stdio: 'pipe' })
  return { cert, key }
}
