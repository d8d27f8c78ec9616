import type { RegistryView } from '../../report/html/overview/view.ts'
import { notFoundPage, overviewPage, PAGE_HEADERS, PreparedRegistry } from '../../report/html/page.ts'
import { pageIn } from '../../report/html/registry/paths.ts'
import type { Clock } from '../schedule/clock.ts'
import type { Service } from '../service.ts'
import type { Shown } from '../state/registry-state.ts'
import type { Standing } from '../state/status.ts'
import { listJson, reportJson } from './json-api.ts'
import type { Answers } from './server.ts'
import { viewOf } from './views.ts'

interface About {
  readonly clock: Clock
  readonly version: string
  /** The path below which others reach it: `/regfsck`, or empty. */
  readonly prefix: string
  /** Markdown, by room (`findings`, `runbooks`) and code. */
  readonly pages: ReadonlyMap<string, ReadonlyMap<string, string>>
}

/** What is asked of a service over HTTP, answered out of what it knows. */
export function answersOf(service: Service, { clock, version, prefix, pages }: About): Answers {
  // What a run found is made ready once, whoever looks at it, and forgotten with it.
  const prepared = new WeakMap<Shown, PreparedRegistry>()
  const all = (): (Standing & { view: RegistryView })[] => {
    const now = clock.now()
    return service.standings().map((standing) => ({ ...standing, view: viewOf(standing, now) }))
  }
  const find = (registry: string, profile: string | undefined): (Standing & { view: RegistryView }) | undefined =>
    all().find(({ plan }) => plan.registry === registry && (profile === undefined || plan.profile === profile))
  const linkTo = (registry: string, profile: string): string => pageIn(prefix, { registry, profile })
  const facts = () => ({ version, now: clock.now(), prefix, linkTo, refused: service.refusedConfig })
  return {
    metrics: () => service.metrics(),
    unready: () => (service.isReady ? undefined : 'no configuration is loaded yet'),
    overview: () =>
      overviewPage(
        all().map(({ view }) => view),
        facts(),
      ),
    page: (registry, profile, query) => {
      const found = find(registry, profile)
      if (found === undefined) return undefined
      const { shown } = found.known
      const page = (shown && prepared.get(shown)) ?? new PreparedRegistry(found.view, prefix)
      if (shown !== undefined) prepared.set(shown, page)
      return page.page(found.view, query, facts())
    },
    list: () => listJson(all(), { prefix, now: clock.now(), refused: service.refusedConfig }),
    report: (registry, profile) => {
      const found = find(registry, profile)
      return found && reportJson(found, version)
    },
    notFound: (path) => notFoundPage(path, facts()),
    explained: (room, code) => pages.get(room)?.get(code),
    pageHeaders: PAGE_HEADERS,
  }
}
