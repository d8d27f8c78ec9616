import type { ClaimingSource } from '../../check/against.ts'
import { judge, type UncheckedRecord } from '../../check/judge.ts'
import { disbelieveNews } from '../../check/second-look.ts'
import { type Look, TargetError } from '../../check/source.ts'
import { StoreError } from '../../check/store-error.ts'
import { walk } from '../../check/walk.ts'
import { isRepositoryName } from '../../oci/names.ts'
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
  const reach = async (signal: AbortSignal): Promise<void> => {
    if (options.fetchesWhenAsked)
      throw new TargetError(
        `${target} is declared a pull-through cache: asking it makes it fetch from upstream. Scan its storage, or give --allow-fetch`,
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
    },
    async look(repository: string, { rules, allTags, again, believed, signal }: Look) {
      const asked = store(repository, { content: rules.depth === 'content', again, signal })
      const graph = await walk(repository, options.only ? narrowed(asked, options.only) : asked, rules)
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
    throw new TargetError(`${target} does not let us in: it answered ${status} to /v2/; ${client.tried}`)
  if (status === 429 || status >= 500)
    throw new TargetError(`${target} cannot answer now: it answered ${status} to /v2/`)
  if (!isSuccess(status) || /^text\/html\b/.test(String(headers['content-type'])))
    throw new TargetError(
      `${target} is no registry: ${isSuccess(status) ? 'a web page' : `status ${status}`} answers at /v2/`,
    )
}

async function* catalog(client: RegistryClient, signal: AbortSignal): AsyncGenerator<string | UncheckedRecord> {
  const question: Question = { method: 'GET', path: 'v2/_catalog', scope: 'registry:catalog:*' }
  const place = client.url('v2/_catalog').href
  try {
    const listed = await pages(client, question, { field: 'repositories', signal })
    if (listed.status !== 200)
      throw new TargetError(
        `${place} ${refusal({ status: listed.status, headers: {} }, place, client.tried).message}: it does not list its repositories; name them with --repositories or --repositories-from`,
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
    throw new TargetError(`${error.place} ${error.message}`, { cause: error })
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
    throw new TargetError(`${target} ${SAID.get(error.code) ?? 'cannot be asked'}: ${error.message}`, { cause: error })
  }
}

const SAID: ReadonlyMap<string, string> = new Map([
  ['STORE_DNS', 'has a name that cannot be found'],
  ['STORE_UNREACHABLE', 'cannot be connected to'],
  ['STORE_TIMEOUT', 'does not answer in time'],
  ['STORE_TLS', 'cannot be trusted (TLS)'],
])
