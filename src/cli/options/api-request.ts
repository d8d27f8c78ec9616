import { X509Certificate } from 'node:crypto'
import type { REGISTRY_API } from '../../config/options/registry-api.ts'
import { OPTIONS } from '../../config/options/table.ts'
import type { WordsOf } from '../../config/options/words.ts'
import { mayHoldPassword, redact } from '../../oci/redact.ts'
import { isTokenText } from '../../sources/api/auth/token-file.ts'
import type { OptionValues } from './option-values.ts'

/** Options about requests to registries, as given. */
export type ApiWords = WordsOf<'scan', typeof REGISTRY_API> & Pick<WordsOf<'scan'>, 'concurrency'>

/** How to send requests to registries. */
export interface ApiRequest {
  readonly connections: number
  /** Timeout of one request, in milliseconds. */
  readonly timeout: number
  readonly tokenFile: string | undefined
  readonly tokenHosts: readonly string[]
  /** Whether credential helpers named in the docker config may run. */
  readonly credentialHelpers: boolean
  readonly ca: string | undefined
  readonly client: { readonly cert: string; readonly key: string } | undefined
  readonly allowFetch: boolean
  /** Hosts whose certificate is not verified. */
  readonly insecureHosts: readonly string[]
  readonly requestsPerSecond: number | undefined
  /** Directory with the manifests of earlier runs. */
  readonly manifestCacheIn: string | undefined
}

/** Parallel requests to one registry. */
const CONNECTIONS = '16'

/** Reads the options about requests to registries. */
export function readApi(words: ApiWords, values: OptionValues): ApiRequest {
  const { tokenFile, caFile, clientCert, clientKey } = words
  if ((clientCert === undefined) !== (clientKey === undefined))
    values.problems.push('--client-cert and --client-key: give both or none')
  const cert = clientCert === undefined ? undefined : values.file('--client-cert', clientCert)
  const key = clientKey === undefined ? undefined : values.file('--client-key', clientKey)
  return {
    connections: values.count('--concurrency', words.concurrency ?? CONNECTIONS, OPTIONS.concurrency),
    timeout: values.wait('--request-timeout', words.requestTimeout, OPTIONS['request-timeout']),
    tokenFile: tokenFile === undefined ? undefined : requireToken(tokenFile, values),
    tokenHosts: readHosts('--token-host', words.tokenHost, values),
    credentialHelpers: words.credentialHelpers ?? false,
    ca: caFile === undefined ? undefined : readAuthorities(caFile, values),
    client: cert !== undefined && key !== undefined ? { cert, key } : undefined,
    allowFetch: words.allowFetch ?? false,
    insecureHosts: readHosts('--insecure-skip-verify', words.insecureSkipVerify, values),
    requestsPerSecond:
      words.maxRequestsPerSecond === undefined
        ? undefined
        : values.count('--max-requests-per-second', words.maxRequestsPerSecond, OPTIONS['max-requests-per-second']),
    manifestCacheIn:
      words.manifestCache === undefined ? undefined : values.directory('--manifest-cache', words.manifestCache),
  }
}

/** The file is read again for each request; a problem with it is reported before the first. */
function requireToken(file: string, values: OptionValues): string {
  const text = values.rereadFile('--token-file', file)?.trim()
  if (text === '') values.problems.push(`--token-file: ${file} is empty`)
  else if (text !== undefined && !isTokenText(text))
    values.problems.push(`--token-file: ${file} contains more than one token`)
  return file
}

/** Only host names: a URL would never match a host, without any message. */
function readHosts(flag: string, hosts: readonly string[], values: OptionValues): readonly string[] {
  for (const text of hosts) {
    if (HOST.test(text) && URL.canParse(`https://${text}`)) continue
    const url = /^[a-z0-9+.-]+:\/\//i.test(text) ? text : `https://${text}`
    const host = URL.canParse(url) && !mayHoldPassword(text) ? new URL(url).host : ''
    const advice = HOST.test(host) ? `; write ${host}` : ''
    values.problems.push(`${flag}: expected HOST[:PORT], not ${JSON.stringify(redact(text))}${advice}`)
  }
  return hosts.map((host) => host.toLowerCase())
}

const HOST = /^(?:[a-z0-9](?:[a-z0-9_.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i

/** @returns PEM, if every certificate in it can be read */
function readAuthorities(file: string, values: OptionValues): string | undefined {
  const text = values.file('--ca-file', file)
  if (text === undefined) return undefined
  const certificates = text.match(/-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/g) ?? []
  if (certificates.length === 0)
    values.problems.push(`--ca-file: ${file} contains no PEM certificate (-----BEGIN CERTIFICATE-----)`)
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? []
  if (blocks.some((block) => !isCertificate(block)) || (certificates.length > 0 && blocks.length === 0))
    values.problems.push(`--ca-file: ${file} contains a certificate that cannot be read`)
  return text
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.byteLength > 0
  } catch {
    return false
  }
}

/** A token must only go to the registry that issued it. */
export function requireOneTokenHost(
  tokenFile: string | undefined,
  urls: readonly string[],
  values: OptionValues,
): void {
  const hosts = new Set(urls.flatMap((url) => (URL.canParse(url) ? new URL(url).host : [])))
  if (tokenFile !== undefined && hosts.size > 1)
    values.problems.push(`--token-file: would send one token to ${[...hosts].join(', ')}: scan them one by one`)
}
