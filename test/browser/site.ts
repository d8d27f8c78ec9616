import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { htmlReport } from '../../src/report/html/html.ts'
import type { RegistryView } from '../../src/report/html/overview/view.ts'
import { overviewPage, PAGE_HEADERS, type PageFacts, PreparedRegistry } from '../../src/report/html/page.ts'
import { brokenEvents, cleanEvents, emptyEvents, unreadableEvents, written } from '../report/events.ts'
import { FRESH, hostileTarget, manyBroken, NOW, runs, STALE, targetOf, viewOf } from '../report/views.ts'

/** Markup, controls, marks that turn text around, half of a character, and a word that is too long for a line. */
export const HOSTILE = `<img src=x onerror="document.title='harmed'"><script>document.title='harmed'</script>"'&amp;\u202eevil\u0007\ud800${'w'.repeat(120)}`

const ABOUT: PageFacts = {
  version: '0.1.0',
  now: NOW,
  prefix: '',
  linkTo,
}

/** A registry in each state that there is. */
export async function everyView(): Promise<readonly RegistryView[]> {
  const [clean, broken, empty, lost] = await Promise.all(
    [cleanEvents(), brokenEvents(), emptyEvents(), unreadableEvents()].map(async (events) => targetOf(await events)),
  )
  if (!clean || !broken || !empty || !lost) throw new Error('a registry is missing')
  const steady = { freshness: FRESH, history: runs(['clean', 'clean', 'incomplete', 'clean']) }
  const hostile = hostileTarget(HOSTILE)
  const unlucky = runs(['incomplete', 'clean'])
  return [
    viewOf(clean, { ...steady, profile: 'deep' }),
    viewOf(broken, {
      freshness: { ...FRESH, isRunning: true },
      history: runs(['damaged', 'damaged', 'clean', 'clean', 'clean']),
    }),
    viewOf({ ...clean, registry: 'stale' }, { freshness: STALE, history: runs(['incomplete', 'incomplete', 'clean']) }),
    viewOf({ ...broken, registry: 'broken-and-stale' }, { freshness: STALE, history: runs(['incomplete', 'damaged']) }),
    viewOf({ ...empty, registry: 'empty' }, { freshness: FRESH, history: runs(['clean']) }),
    viewOf({ ...clean, registry: 'behind' }, { verdict: 'incomplete', freshness: FRESH, history: unlucky }),
    viewOf(
      { ...broken, registry: 'denied', findings: [], tags: [] },
      { verdict: 'incomplete', freshness: FRESH, history: unlucky },
    ),
    viewOf(lost, { freshness: FRESH, history: runs(['incomplete']) }),
    viewOf(manyBroken(1000), { freshness: FRESH, history: runs(Array<'damaged'>(50).fill('damaged')) }),
    viewOf(
      { ...hostile, registry: `hostile ${HOSTILE}` },
      { freshness: FRESH, history: runs(['damaged']).map((run) => ({ ...run, problem: HOSTILE })) },
    ),
    neverSeen('new'),
  ]
}

function neverSeen(registry: string): RegistryView {
  const freshness = { ...FRESH, lastCompleteAt: undefined }
  return {
    report: undefined,
    registry,
    target: `https://${registry}.example`,
    profile: '',
    verdict: 'unknown',
    asOf: undefined,
    freshness,
    history: [],
  }
}

/** One file for each of these registries. */
export async function everyFile(): Promise<Readonly<Record<string, string>>> {
  const [clean, broken, empty, lost] = await Promise.all([
    cleanEvents(),
    brokenEvents(),
    emptyEvents(),
    unreadableEvents(),
  ])
  return {
    clean: written(htmlReport, clean),
    broken: written(htmlReport, broken),
    empty: written(htmlReport, empty),
    several: written(htmlReport, [...clean, ...broken, ...empty, ...lost]),
  }
}

export interface Site {
  readonly url: string
  readonly views: readonly RegistryView[]
  /** Paths that were asked for and that there is no page at. */
  readonly lost: readonly string[]
  /** From now on it knows this of a registry. */
  learn(view: RegistryView): void
  close(): void
}

/** The pages of these registries, as `serve` answers with them. */
export async function siteOf(known: readonly RegistryView[]): Promise<Site> {
  const views = [...known]
  const lost: string[] = []
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://site')
    const view = views.find(({ registry }) => url.pathname === linkTo(registry, ''))
    const query = { search: url.searchParams.get('q') ?? '', page: Number(url.searchParams.get('page') ?? '1') }
    const text =
      url.pathname === '/'
        ? overviewPage(views, ABOUT)
        : view && new PreparedRegistry(view, '').page(view, query, ABOUT)
    if (text === undefined) lost.push(url.pathname)
    response.writeHead(text === undefined ? 404 : 200, { 'content-type': 'text/html; charset=utf-8', ...PAGE_HEADERS })
    response.end(text)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    views,
    lost,
    learn: (view) => {
      const n = views.findIndex(({ registry }) => registry === view.registry)
      views.splice(n < 0 ? views.length : n, 1, view)
    },
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** Like `serve`, for names that may hold half of a character. */
export function linkTo(registry: string, profile: string): string {
  const name = new URLSearchParams({ r: registry }).toString().slice(2).replaceAll('+', '%20')
  return `/registries/${name}${profile === '' ? '' : `?profile=${profile}`}`
}
