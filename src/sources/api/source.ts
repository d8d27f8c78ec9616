import type { ClaimingSource } from '../../check/against.ts'
import { judge, type UncheckedRecord } from '../../check/judge.ts'
import { disbelieveNews } from '../../check/second-look.ts'
import { type Look, TargetError, type UnreadableCode, unreadableCode } from '../../check/source.ts'
import { StoreError } from '../../check/store-error.ts'
import { walk } from '../../check/walk.ts'
import { isRepositoryName } from '../../oci/names.ts'
import { Admission } from './admission.ts'
import { answers } from './answers.ts'
import { isSuccess, type Question, RegistryClient } from './client.ts'
import type { Credential } from './credentials.ts'
import type { ManifestCache } from './manifest-cache.ts'
import { narrowed, type OneImage } from './one-image.ts'
import { pages } from './pages.ts'
import { refusal } from './refusal.ts'
import { ApiRepository } from './store.ts'
import { Tokens } from './tokens.ts'
import { Wire, type WireOptions } from './wire.ts'

export interface ApiOptions extends WireOptions {
  readonly registry: string
  readonly credential: Credential | undefined
  readonly tokenHosts: readonly string[]
  readonly requestsPerSecond?: number | undefined
  /** Names to look at, where the operator gives them: then the catalog is not asked. */
  readonly repositories?: readonly string[] | undefined
  /** Bodies of manifests that earlier runs have fetched. */
  readonly manifestCache?: ManifestCache | undefined
  /** One image to look at and nothing else. */
  readonly only?: OneImage | undefined
  /** Refuse to look: asking it would make it fetch. */
  readonly fetchesWhenAsked: boolean
}

/** Repositories under way at one time: enough that one with a single image does not leave the connections idle. */
const WIDTH = 8

/** A registry, asked over the distribution API. @param target as the operator wrote it */
export function apiSource(target: string, options: ApiOptions): ClaimingSource {
  const base = new URL(target.endsWith('/') ? target : `${target}/`)
  const wire = new Wire(base, options)
  const { credential, tokenHosts } = options
  const tokens = new Tokens(wire, base, { credential, tokenHosts, now: Date.now })
  const client = new RegistryClient(base, wire, tokens, options)
  const admission = new Admission()
  const reach = async (signal: AbortSignal): Promise<void> => {
    if (options.fetchesWhenAsked)
      throw new TargetError(
        `${target} is declared a pull-through cache: asking it makes it fetch from upstream. Scan its storage, or give --allow-fetch`,
        { because: 'unsupported' },
      )
    await requireRegistry(client, target, signal)
  }
  const store = (repository: string, about: { readonly content: boolean; again: boolean; signal: AbortSignal }) =>
    new ApiRepository(repository, client, {
      ...about,
      named: options.repositories !== undefined,
      cache: options.manifestCache,
    })
  return {
    target,
    registry: options.registry,
    kind: 'api',
    width: WIDTH,
    async *repositories(signal) {
      await reach(signal)
      if (options.only !== undefined) yield options.only.repository
      else if (options.repositories !== undefined) yield* options.repositories
      else yield* catalog(client, signal)
      const denied = await admission.deniedByAll()
      if (denied > 0)
        throw new TargetError(
          `${target} lets us into ${denied === 1 ? 'no repository' : `none of ${denied} repositories`}; ${client.tried}`,
          { because: 'forbidden' },
        )
    },
    async look(repository: string, { rules, allTags, again, believed, signal }: Look) {
      const asked = store(repository, { content: rules.depth === 'content', again, signal })
      const walked = walk(repository, options.only ? narrowed(asked, options.only) : asked, rules)
      const graph = await admission.watch(walked)
      return judge(believed ? disbelieveNews(graph, rules, believed) : graph, rules, allTags)
    },
    reach,
    claims: (repository, questions, signal) => {
      const asked = store(repository, { content: false, again: true, signal })
      return answers(questions, (question) => asked.claims(question))
    },
    settle: () => Promise.resolve(new Map()),
    close: () => client.close(),
  }
}

/** @throws {TargetError} where no registry answers, or it does not let us in */
async function requireRegistry(client: RegistryClient, target: string, signal: AbortSignal): Promise<void> {
  const { status, headers } = await asked(client, { method: 'GET', path: 'v2/', scope: '' }, target, signal)
  if (status === 401 || status === 403)
    throw new TargetError(`${target} does not let us in: it answered ${status} to /v2/; ${client.tried}`, {
      because: becauseOf(status),
    })
  if (status === 429 || status >= 500)
    throw new TargetError(`${target} cannot answer now: it answered ${status} to /v2/`, { because: becauseOf(status) })
  if (!isSuccess(status) || /^text\/html\b/.test(String(headers['content-type'])))
    throw new TargetError(
      `${target} is no registry: ${isSuccess(status) ? 'a web page' : `status ${status}`} answers at /v2/`,
      { because: isSuccess(status) ? 'malformed' : becauseOf(status) },
    )
}

async function* catalog(client: RegistryClient, signal: AbortSignal): AsyncGenerator<string | UncheckedRecord> {
  const question: Question = { method: 'GET', path: 'v2/_catalog', scope: 'registry:catalog:*' }
  const place = client.url('v2/_catalog').href
  try {
    const listed = await pages(client, question, { field: 'repositories', signal })
    const { status } = listed.answer
    if (status !== 200)
      throw new TargetError(
        `${place} ${refusal(listed.answer, place, client.tried).message}: it does not list its repositories; name them with --repositories or --repositories-from`,
        { because: becauseOf(status) },
      )
    const unlisted = (detail: string): UncheckedRecord => ({
      repository: undefined,
      because: 'STORE_MALFORMED',
      path: place,
      detail,
    })
    // A name that breaks the grammar could lead a request elsewhere; nobody could pull from it.
    for (const name of new Set(listed.names))
      yield isRepositoryName(name) ? name : unlisted(`lists ${JSON.stringify(name)}, which no repository can be called`)
    if (listed.ended !== undefined) yield unlisted(listed.ended)
    // Quay and Azure's registries answer so where they do not want to tell: that must not pass for a clean registry.
    if (listed.names.length === 0)
      yield unlisted('lists no repository: it is empty, or does not show us any; name them with --repositories')
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    throw new TargetError(`${error.place} ${error.message}`, { cause: error, because: becauseOfFailure(error) })
  }
}

async function asked(
  client: RegistryClient,
  question: Question,
  target: string,
  signal: AbortSignal,
): Promise<Awaited<ReturnType<RegistryClient['ask']>>> {
  try {
    return await client.ask(question, signal)
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    throw new TargetError(`${target} ${SAID.get(error.code) ?? 'cannot be asked'}: ${error.message}`, {
      cause: error,
      because: becauseOfFailure(error),
    })
  }
}

/** What an answer that is none says about the registry as a whole. */
function becauseOf(status: number): UnreadableCode {
  if (status === 401) return 'unauthorized'
  if (status === 403) return 'forbidden'
  if (status === 404) return 'not_found'
  if (status === 405 || status === 501) return 'unsupported'
  if (status === 408) return 'timeout'
  if (status === 429) return 'rate_limited'
  return status >= 500 ? 'server_error' : 'malformed'
}

/** Whoever refuses before there is an answer refuses the credential; a connection that breaks off is one that fails. */
function becauseOfFailure(error: StoreError): UnreadableCode {
  if (error.code === 'STORE_DENIED') return 'unauthorized'
  return error.code === 'STORE_READ_FAILED' ? 'connect' : unreadableCode(error)
}

const SAID: ReadonlyMap<string, string> = new Map([
  ['STORE_DNS', 'has a name that cannot be found'],
  ['STORE_UNREACHABLE', 'cannot be connected to'],
  ['STORE_TIMEOUT', 'does not answer in time'],
  ['STORE_TLS', 'cannot be trusted (TLS)'],
])
