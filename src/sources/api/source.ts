import { judge, type UncheckedRecord } from '../../check/judge/judge.ts'
import { disbelieveNews } from '../../check/judge/second-look.ts'
import type { ClaimingSource } from '../../check/scan/against.ts'
import { type Look, TargetError } from '../../check/source.ts'
import { StoreError, type StoreErrorCode } from '../../check/store-error.ts'
import { walk } from '../../check/walk/walk.ts'
import { isRepositoryName } from '../../oci/names.ts'
import type { Question, RegistryClient } from './client/client.ts'
import { ApiHost, becauseOf, becauseOfFailure, type HostOptions } from './client/host.ts'
import { refusal } from './client/refusal.ts'
import { Admission } from './listing/denied-access.ts'
import { toldNames } from './listing/listing-page.ts'
import { pages } from './listing/pages.ts'
import { RegistryPresence } from './listing/registry-presence.ts'
import { repositoryExists } from './listing/repository-exists.ts'
import { answers } from './store/answer-all.ts'
import type { ManifestCache } from './store/manifest-cache.ts'
import { isPullThroughCache } from './store/pull-through.ts'
import { ApiRepository } from './store/repository-store.ts'
import { narrowed, type OneImage } from './store/single-image.ts'

export interface ApiOptions extends HostOptions {
  readonly registry: string
  /** What is shared with others who ask the same host, and closed by whoever made it. */
  readonly host?: ApiHost | undefined
  /** Names to look at, where the operator gives them, whether or not the catalog lists them. */
  readonly repositories?: readonly string[] | undefined
  /** Whether the catalog is asked for others beside them; left out: only where there are no names. */
  readonly listsCatalog?: boolean | undefined
  /** Bodies of manifests that earlier runs have fetched. */
  readonly manifestCache?: ManifestCache | undefined
  /** One image to look at and nothing else. */
  readonly only?: OneImage | undefined
  /**
   * A pull-through cache fetches what it is asked for. `refused`: it is declared one, and is not asked. `unless-cache`: it is
   * asked whether it is one, and then nothing else. `allowed`: it may fetch.
   */
  readonly fetching: 'refused' | 'unless-cache' | 'allowed'
}

/** Repositories under way at one time: enough that one with a single image does not leave the connections idle. */
const WIDTH = 8

/** A registry, asked over the distribution API. @param target as the operator wrote it */
export function apiSource(target: string, options: ApiOptions): ClaimingSource {
  const host = options.host ?? new ApiHost(target, options)
  const { client } = host
  const admission = new Admission()
  const reach = async (signal: AbortSignal): Promise<void> => {
    if (options.fetching === 'refused') throw refusedCache(`${target} is declared a pull-through cache`)
    await host.reach(signal)
  }
  const requireNoCache = async (repository: string | undefined, signal: AbortSignal): Promise<void> => {
    if (options.fetching === 'unless-cache' && (await isPullThroughCache(client, repository, signal)))
      throw refusedCache(`${target} is a pull-through cache, which passes on what its upstream answers`)
  }
  const store = (repository: string, about: { readonly content: boolean; again: boolean; signal: AbortSignal }) =>
    new ApiRepository(repository, client, {
      ...about,
      named: options.repositories?.includes(repository) ?? false,
      cache: options.manifestCache,
    })
  const oneImage = (asked: ApiRepository, only: OneImage, signal: AbortSignal) =>
    narrowed(asked, only, () => repositoryExists(client, only.repository, signal))
  const presence = new RegistryPresence(client, {
    reach: (signal) => host.reachAgain(signal),
    async countTags(repository, mustExist, signal) {
      const how = { content: false, again: true, cache: undefined, named: mustExist, signal }
      return (await new ApiRepository(repository, client, how).listTags()).found.length
    },
  })
  async function* named(signal: AbortSignal): AsyncGenerator<string | UncheckedRecord> {
    if (options.only !== undefined) yield options.only.repository
    else if (options.repositories === undefined) yield* noting(presence, catalog(client, signal))
    else {
      yield* options.repositories
      if (options.listsCatalog) yield* besides(new Set(options.repositories), noting(presence, catalog(client, signal)))
    }
  }
  return {
    target,
    registry: options.registry,
    kind: 'api',
    width: WIDTH,
    async *repositories(signal) {
      await reach(signal)
      yield* beforeFirst(named(signal), (repository) => requireNoCache(repository, signal))
    },
    afterFirstLooks() {
      const denied = admission.deniedByAll()
      // A registry that lists its repositories has let us in so far: one that it denies may have rules of its own.
      const isNamed = (options.only ?? options.repositories) !== undefined
      if (denied !== undefined && (isNamed || denied.count > 1))
        throw new TargetError(
          `${target} denied access to ${denied.count === 1 ? 'its one repository' : `all ${denied.count} repositories`}: ${denied.why}`,
          { because: 'forbidden' },
        )
    },
    async look(repository: string, { rules, allTags, again, believed, signal }: Look) {
      const asked = store(repository, { content: rules.depth === 'content', again, signal })
      const walked = walk(repository, options.only ? oneImage(asked, options.only, signal) : asked, rules)
      const graph = await admission.watch(walked)
      if (options.only === undefined) presence.saw(graph)
      return judge(believed ? disbelieveNews(graph, rules, believed) : graph, rules, allTags)
    },
    reach: async (signal) => {
      await reach(signal)
      await requireNoCache(undefined, signal)
    },
    claims: (repository, questions, signal) => {
      const asked = store(repository, { content: false, again: true, signal })
      return answers(questions, (question) => asked.claims(question))
    },
    // Of one image everything is seen that is believed; only what is dropped needs more.
    stillThere: async (repositories, signal) =>
      options.only !== undefined && repositories.length === 0
        ? { lost: [], back: [] }
        : presence.stillThere(repositories, signal),
    settle: () => Promise.resolve(new Map()),
    close: () => (options.host === undefined ? host.close() : Promise.resolve()),
  }
}

function refusedCache(why: string): TargetError {
  return new TargetError(`${why}: requests would make it fetch from upstream. Scan its storage, or use --allow-fetch`, {
    because: 'unsupported',
  })
}

/** @param act done with the first name, before anybody asks for it */
async function* beforeFirst(
  names: AsyncGenerator<string | UncheckedRecord>,
  act: (name: string) => Promise<void>,
): AsyncGenerator<string | UncheckedRecord> {
  let isFirst = true
  for await (const name of names) {
    if (isFirst && typeof name === 'string') await act(name)
    isFirst &&= typeof name !== 'string'
    yield name
  }
}

/** What is listed is what the registry must still show at the end. */
async function* noting(
  presence: RegistryPresence,
  listed: AsyncGenerator<string | UncheckedRecord>,
): AsyncGenerator<string | UncheckedRecord> {
  for await (const found of listed) {
    presence.listed(found)
    yield found
  }
}

/** What the catalog lists beside what is asked for by name; without a catalog there is still that. */
async function* besides(
  named: ReadonlySet<string>,
  listed: AsyncGenerator<string | UncheckedRecord>,
): AsyncGenerator<string | UncheckedRecord> {
  try {
    for await (const found of listed) if (typeof found !== 'string' || !named.has(found)) yield found
  } catch (error) {
    if (!(error instanceof TargetError)) throw error
    const { code = 'STORE_READ_FAILED', place } = error.cause instanceof StoreError ? error.cause : {}
    yield { repository: undefined, because: code, path: place ?? '', detail: error.message }
  }
}

const NAME_THEM = 'it does not list its repositories; name them with --repositories or --repositories-from'

async function* catalog(client: RegistryClient, signal: AbortSignal): AsyncGenerator<string | UncheckedRecord> {
  const question: Question = { method: 'GET', path: 'v2/_catalog', scope: 'registry:catalog:*', mayLieElsewhere: true }
  const place = client.url('v2/_catalog').href
  try {
    const listed = await pages(client, question, { field: 'repositories', signal })
    const { status } = listed.answer
    if (status !== 200)
      throw new TargetError(`${place} ${refusal(listed.answer, place, client.tried).message}: ${NAME_THEM}`, {
        because: becauseOf(status),
      })
    const unlisted = (detail: string, because: StoreErrorCode = 'STORE_MALFORMED'): UncheckedRecord => ({
      repository: undefined,
      because,
      path: place,
      detail,
    })
    for (const name of listed.names) if (isRepositoryName(name)) yield name
    // A name that breaks the grammar could lead a request elsewhere; nobody could pull from it.
    const refused = listed.names.filter((name) => !isRepositoryName(name)).map((name) => JSON.stringify(name))
    for (const detail of toldNames([...refused, ...listed.odd], 'a repository')) yield unlisted(detail)
    if (listed.ended !== undefined) yield unlisted(listed.ended.message, listed.ended.code)
    // Quay and Azure's registries answer so where they do not want to tell: that must not pass for a clean registry.
    if (listed.names.length === 0)
      yield unlisted('lists no repository: it is empty, or hides them; name them with --repositories')
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    const advice = error.code === 'STORE_DENIED' ? `: ${NAME_THEM}` : ''
    throw new TargetError(`${error.place} ${error.message}${advice}`, {
      cause: error,
      because: becauseOfFailure(error),
    })
  }
}
