import { overviewPage, PAGE_HEADERS, PreparedRegistry } from '../report/html/page.ts'
import type { RegistryView } from '../report/html/view.ts'
import type { Clock } from './clock.ts'
import { listJson, reportJson } from './interface.ts'
import type { Shown } from './knowledge.ts'
import type { Answers } from './server.ts'
import type { Service, Standing } from './service.ts'
import { viewOf } from './views.ts'

/** What is asked of a service over HTTP, answered out of what it knows. */
export function answersOf(service: Service, { clock, version }: { clock: Clock; version: string }): Answers {
  // What a run found is made ready once, whoever looks at it, and forgotten with it.
  const prepared = new WeakMap<Shown, PreparedRegistry>()
  const all = (): (Standing & { view: RegistryView })[] => {
    const now = clock.now()
    return service.standings().map((standing) => ({ ...standing, view: viewOf(standing, now) }))
  }
  const find = (registry: string, profile: string | undefined): (Standing & { view: RegistryView }) | undefined =>
    all().find(({ plan }) => plan.registry === registry && (profile === undefined || plan.profile === profile))
  const facts = () => ({ version, now: clock.now(), linkTo })
  return {
    metrics: () => service.metrics(),
    unready: () => (service.isReady ? undefined : 'no configuration is in force yet'),
    overview: () =>
      overviewPage(
        all().map(({ view }) => view),
        facts(),
      ),
    page: (registry, profile, query) => {
      const found = find(registry, profile)
      if (found === undefined) return undefined
      const { shown } = found.known
      const page = (shown && prepared.get(shown)) ?? new PreparedRegistry(found.view)
      if (shown !== undefined) prepared.set(shown, page)
      return page.page(found.view, query, facts())
    },
    list: () => listJson(all()),
    report: (registry, profile) => {
      const found = find(registry, profile)
      return found && reportJson(found, found.view, version)
    },
    pageHeaders: PAGE_HEADERS,
  }
}

function linkTo(registry: string, profile: string): string {
  return `/registries/${encodeURIComponent(registry)}${profile === '' ? '' : `?profile=${encodeURIComponent(profile)}`}`
}
