import type { DeployedView } from '../../report/html/deployed/deployed-view.ts'
import type { RegistryView } from '../../report/html/overview/view.ts'
import { deployedPage, notFoundPage, overviewPage, PAGE_HEADERS, PreparedRegistry } from '../../report/html/page.ts'
import { pageIn } from '../../report/html/registry/paths.ts'
import type { DeployedService } from '../deployed/deployed-service.ts'
import { deployedJson, deployedListJson, deployedViewOf } from '../deployed/deployed-views.ts'
import type { Clock } from '../schedule/clock.ts'
import type { Service } from '../service.ts'
import type { StoredReport } from '../state/registry-state.ts'
import type { PlanStatus } from '../state/status.ts'
import { listJson, reportJson } from './json-api.ts'
import type { Responses } from './server.ts'
import { viewOf } from './views.ts'

interface ResponseOptions {
  readonly clock: Clock
  readonly version: string
  /** Missing: nothing that is deployed is checked. */
  readonly deployed?: DeployedService
  /** The path of the server behind its proxy: `/regfsck`, or empty. */
  readonly prefix: string
  /** Markdown by folder (`findings`, `runbooks`) and code. */
  readonly pages: ReadonlyMap<string, ReadonlyMap<string, string>>
}

/** The responses of the HTTP server, from what the service knows. */
export function responsesOf(service: Service, { clock, version, prefix, pages, deployed }: ResponseOptions): Responses {
  // A page is prepared once for each report, and dropped together with it.
  const prepared = new WeakMap<StoredReport, PreparedRegistry>()
  const all = (): (PlanStatus & { view: RegistryView })[] => {
    const now = clock.now()
    return service.statuses().map((status) => ({ ...status, view: viewOf(status, now) }))
  }
  const find = (registry: string, profile: string | undefined): (PlanStatus & { view: RegistryView }) | undefined =>
    all().find(({ plan }) => plan.registry === registry && (profile === undefined || plan.profile === profile))
  const sets = (): readonly DeployedView[] => {
    const now = clock.now()
    return deployed?.statuses().map((status) => deployedViewOf(status, now)) ?? []
  }
  const setOf = (name: string): DeployedView | undefined => sets().find((view) => view.name === name)
  const linkTo = (registry: string, profile: string): string => pageIn(prefix, { registry, profile })
  const facts = () => ({ version, now: clock.now(), prefix, linkTo, rejected: service.rejectedConfig })
  return {
    metrics: async () => `${await service.metrics()}${(await deployed?.metrics()) ?? ''}`,
    unready: () => (service.isReady ? undefined : 'no configuration is loaded yet'),
    overview: () =>
      overviewPage(
        all().map(({ view }) => view),
        facts(),
        sets(),
      ),
    page: (registry, profile, query) => {
      const found = find(registry, profile)
      if (found === undefined) return undefined
      const { shown } = found.state
      const page = (shown && prepared.get(shown)) ?? new PreparedRegistry(found.view, prefix)
      if (shown !== undefined) prepared.set(shown, page)
      return page.page(found.view, query, facts())
    },
    list: () => listJson(all(), { prefix, now: clock.now(), rejected: service.rejectedConfig }),
    report: (registry, profile) => {
      const found = find(registry, profile)
      return found && reportJson(found, version)
    },
    deployedPage: (name, query) => {
      const view = setOf(name)
      return view && deployedPage(view, query, facts())
    },
    deployedList: () => deployedListJson(sets(), prefix, clock.now()),
    deployedReport: (name) => {
      const view = setOf(name)
      return view && deployedJson(view, clock.now())
    },
    notFound: (path) => notFoundPage(path, facts()),
    codePage: (folder, code) => pages.get(folder)?.get(code),
    pageHeaders: PAGE_HEADERS,
  }
}
