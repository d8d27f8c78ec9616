import type { ScanEvent } from '../../check/events.ts'
import { countsIn, verdictOf } from '../../check/judge/run-verdict.ts'
import { DocumentCollector, type ReportTarget } from '../json/document.ts'
import type { Report, Write } from '../report.ts'
import { html, type Markup } from './markup.ts'
import { registryList, rowsOf, summaryOf, worstTone } from './overview/overview.ts'
import { counted } from './overview/quantities.ts'
import { stateWord, statusOf, toneOf } from './overview/status.ts'
import type { RegistryView } from './overview/view.ts'
import { banner } from './registry/banner.ts'
import { imagesSection } from './registry/images-section.ts'
import { PreparedReport } from './registry/prepared.ts'
import { searchForm } from './search.ts'
import { heading, type PageFacts, shell } from './shell.ts'

/** Images in the file. */
const MOST = 1000

/** One HTML file with the whole report, to attach to an incident. */
export function htmlReport(write: Write): Report {
  const document = new DocumentCollector()
  return {
    take: (event: ScanEvent) => {
      document.take(event)
    },
    end: (run) => {
      const { targets } = document.end(run)
      const views = targets.map((target) => viewOf(target, run.finishedAt))
      write(page(views, { version: run.version, now: run.finishedAt }))
    },
  }
}

function viewOf(report: ReportTarget, asOf: Date): RegistryView {
  return {
    report,
    registry: report.registry,
    target: report.target,
    profile: '',
    verdict: verdictOf(countsIn(report)),
    asOf,
    history: [],
  }
}

function page(views: readonly RegistryView[], about: PageFacts): string {
  const [only] = views
  let left = MOST
  const sections = views.map((view, n) => {
    const section = registrySection(view, { about, n, left, isOnly: views.length === 1 })
    left -= section.images
    return section.text
  })
  if (views.length === 1 && only !== undefined) {
    const { state } = statusOf(only, about.now)
    const title = `${stateWord(state)}: ${only.registry} · regfsck`
    return shell({ title, tone: toneOf(state), main: sections, about })
  }
  const rows = rowsOf(views, about.now)
  const anchors = {
    ...about,
    linkTo: (registry: string) => `#registry-${views.findIndex((view) => view.registry === registry)}`,
  }
  const main = html`<h1>Registries</h1><p class="lead">${summaryOf(rows)}</p>${registryList(rows, anchors)}${sections}`
  return shell({ title: 'Registries · regfsck', tone: worstTone(rows), main, about })
}

interface SectionOptions {
  readonly about: PageFacts
  readonly n: number
  /** Images that the file still has room for. */
  readonly left: number
  readonly isOnly: boolean
}

function registrySection(
  view: RegistryView,
  { about, n, left, isOnly }: SectionOptions,
): { text: Markup; images: number } {
  const prepared = view.report && new PreparedReport(view.report, { level: isOnly ? 2 : 3 })
  const shown = prepared?.images.slice(0, left) ?? []
  const more = (prepared?.images.length ?? 0) - shown.length
  const form = searchForm({ search: '', profile: '', isServed: false, isPaged: false, id: `search-${n}` })
  const images =
    prepared &&
    prepared.images.length > 0 &&
    imagesSection(prepared, shown, {
      heading: heading(isOnly ? 2 : 3, 'Images'),
      around: {
        before: form,
        after:
          more > 0 &&
          html`<p><b>${counted(more, 'more image')}</b> are not in this file; the JSON report lists all.</p>`,
      },
    })
  const title = html`<div class="title">${heading(isOnly ? 1 : 2, html`<bdi>${view.registry}</bdi>`, `registry-${n}`)}</div>`
  const text = html`<div class="registry">${title}${banner(view, about.now)}${images}${prepared?.rest}</div>`
  return { text, images: shown.length }
}
