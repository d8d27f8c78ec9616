import { ALLOWED_HOST, EXPECTED_HOST } from '../../config/allowed-host.ts'
import { externalUrlProblem } from '../../config/external-url.ts'
import { EXPECTED_LISTEN, type Place, parseListen } from '../../config/listen.ts'
import type { SERVER } from '../../config/options/server.ts'
import type { WordsOf } from '../../config/options/words.ts'
import type { Config } from '../../config/schema.ts'
import { quoted } from '../options/passwords.ts'
import { UsageError } from '../options/usage-error.ts'

/** Options about addresses and host names, not yet checked. */
export type ReachWords = Partial<WordsOf<'serve', typeof SERVER>>

/** The address and the host names of `serve`, validated. */
export interface Reach {
  readonly listen: Place
  /** The URL at which others reach it. */
  readonly externalUrl: string | undefined
  /** Host names that it answers to, including that of the external URL. */
  readonly allowedHosts: readonly string[]
}

const LISTEN = '127.0.0.1:9847'

/**
 * @param config has been checked
 * @throws {UsageError} with a line for each problem of the command line
 */
export function readReach(words: ReachWords, config: Config): Reach {
  const problems: string[] = []
  const listen = parseListen(words.listen ?? String(config.listen ?? LISTEN))
  if (listen === undefined) problems.push(`--listen: ${EXPECTED_LISTEN}, not ${JSON.stringify(words.listen)}`)
  const { externalUrl } = words
  const problem = externalUrl === undefined ? undefined : externalUrlProblem(externalUrl)
  if (externalUrl !== undefined && problem !== undefined)
    problems.push(`--external-url: ${problem}, not ${quoted(externalUrl)}`)
  for (const host of words.allowedHosts ?? [])
    if (!ALLOWED_HOST.test(host)) problems.push(`--allowed-hosts: ${EXPECTED_HOST}, not ${quoted(host)}`)
  if (listen === undefined || problems.length > 0) throw new UsageError(problems)
  const url = externalUrl ?? config['external-url']
  return { listen, externalUrl: url, allowedHosts: allowedHosts(words, config, url) }
}

/** An external URL alone must not block clients that use another name. */
function allowedHosts(words: ReachWords, config: Config, url: string | undefined): readonly string[] {
  const given = words.allowedHosts?.length ? words.allowedHosts : (config['allowed-hosts'] ?? [])
  return url === undefined ? given : [...given, new URL(url).hostname]
}
