import { beforeAll, describe, expect, it } from 'vitest'
import { htmlReport } from '../../src/report/html/html.ts'
import { stateWord, statusOf } from '../../src/report/html/overview/status.ts'
import type { RegistryView } from '../../src/report/html/overview/view.ts'
import { overviewPage, PAGE_HEADERS, PreparedRegistry } from '../../src/report/html/page.ts'
import type { ReportTarget } from '../../src/report/json/document.ts'
import { fc } from '../support/fast-check.ts'
import { brokenEvents, cleanEvents, emptyEvents, everyReported, unreadableEvents, written } from './events.ts'
import { FRESH, hostileTarget, manyBroken, NOW, runs, STALE, targetOf, viewOf } from './views.ts'

const ABOUT = { version: '0.1.0', now: NOW, prefix: '', linkTo: (registry: string) => `/registries/${registry}` }
const FIRST = { search: '', page: 1 }

let clean: ReportTarget
let broken: ReportTarget
let empty: ReportTarget
let lost: ReportTarget

beforeAll(async () => {
  clean = targetOf(await cleanEvents())
  broken = targetOf(await brokenEvents())
  empty = targetOf(await emptyEvents())
  lost = targetOf(await unreadableEvents())
})

describe('the verdict says no more than was checked', () => {
  const cases: Record<string, { view: () => RegistryView; says: readonly string[] }> = {
    clean: {
      view: () => viewOf(clean),
      says: [
        'Clean',
        'The only tag in 1 repository is intact, as far as this depth shows.',
        'Every manifest that a tag needs matches its digest, and every config and layer is there with the right size.',
      ],
    },
    'clean at depth graph': {
      view: () => viewOf({ ...clean, depth: 'graph' }),
      says: [
        'Clean',
        'The only tag in 1 repository is intact, as far as this depth shows.',
        'Every manifest that a tag needs is served and matches its digest.',
      ],
    },
    broken: {
      view: () => viewOf(broken),
      says: ['Damaged', '3 of 4 tags cannot be pulled.', 'Not everything could be checked: there may be more.'],
    },
    'broken and stale': {
      view: () => viewOf({ ...broken, complete: true }, { freshness: STALE }),
      says: [
        'Damaged',
        '3 of 4 tags cannot be pulled.',
        'The last complete run ended 3 hours ago; one is due every 15 minutes.',
      ],
    },
    'clean and stale': {
      view: () => viewOf(clean, { freshness: STALE, asOf: STALE.lastCompleteAt }),
      says: [
        'Stale',
        'It was clean 3 hours ago; there has been no complete run since.',
        'The last complete run ended 3 hours ago; one is due every 15 minutes.',
      ],
    },
    incomplete: {
      view: () => viewOf({ ...broken, findings: [] }),
      says: [
        'Incomplete',
        'No damage found, but not everything could be checked (1 object).',
        'The registry may still be damaged.',
      ],
    },
    'incomplete at the last run only': {
      view: () => viewOf(clean, { verdict: 'incomplete', freshness: FRESH, history: runs(['incomplete', 'clean']) }),
      says: [
        'Incomplete',
        'The last run could not check everything.',
        'The last run reported: the registry answered 503 to everything',
        'This page shows the last complete run, which ended 3 minutes ago and found no damage.',
      ],
    },
    empty: {
      view: () => viewOf(empty),
      says: ['Empty', 'The registry is empty: no repository was found.'],
    },
    unreadable: {
      view: () => viewOf(lost),
      says: [
        'Unreadable',
        'Cannot be read: /memory/docker/registry/v2/blobs is missing or empty although /memory has links to it: is it mounted?',
        'Nothing is known about its content.',
      ],
    },
    'never scanned': {
      view: () => ({ ...viewOf(clean), report: undefined, asOf: undefined, verdict: 'unknown' }),
      says: ['Unknown', 'Not scanned yet.'],
    },
  }

  it.each(Object.entries(cases))('of a registry that is %s', (_, { view, says }) => {
    const { state, sentences } = statusOf(view(), NOW)
    expect([stateWord(state), ...sentences]).toEqual(says)
  })
})

describe('the times of a registry', () => {
  const about = ABOUT
  const registryPage = (view: RegistryView): string => plain(new PreparedRegistry(view, '').page(view, FIRST, about))
  const seen = (at: string): ReportTarget => ({
    ...broken,
    findings: broken.findings.map((finding, n) => ({ ...finding, firstSeen: n === 1 ? at : '2026-11-20T12:00:00Z' })),
  })

  it('are labelled: damaged since, last run, next run', () => {
    const view = viewOf(seen('2026-11-18T07:00:00Z'), { freshness: FRESH, history: runs(['damaged', 'damaged']) })
    expect(registryPage(view)).toContain(
      'Damaged since 2026-11-18 07:00 UTC (2 days ago) Last run 2026-11-20 12:00 UTC (3 minutes ago) , damaged Next run 2026-11-20 12:15 UTC (in 12 minutes) Interval 15 minutes',
    )
    expect(plain(overviewPage([view], about))).toContain(
      'Damaged since 2026-11-18 07:00 UTC Last run 3 minutes ago Next run in 12 minutes',
    )
  })

  it('do not say that a clean one is damaged, nor when a warning was first seen', () => {
    const warnings = { ...clean, findings: seen('2026-11-18T07:00:00Z').findings.slice(0, 2) }
    const findings = warnings.findings.map((finding) => ({ ...finding, severity: 'warning' as const }))
    for (const report of [clean, { ...warnings, findings }]) {
      const view = viewOf(report, { freshness: FRESH, history: runs(['clean']) })
      expect(registryPage(view)).not.toContain('Damaged since')
      expect(plain(overviewPage([view], about))).not.toContain('Damaged since')
    }
  })

  it('distinguish the last run, the last complete one and the one whose findings are shown', () => {
    const later = new Date('2026-11-20T12:02:00Z')
    const [last, ...older] = runs(['incomplete', 'clean'])
    const history = last === undefined ? [] : [{ ...last, finishedAt: later }, ...older]
    const text = registryPage(viewOf(clean, { verdict: 'incomplete', freshness: FRESH, history }))
    expect(text).toContain('Last run 2026-11-20 12:02 UTC (1 minute ago) , incomplete')
    expect(text).toContain('Last complete run 2026-11-20 12:00 UTC (3 minutes ago)')
    expect(text).toContain('Findings from the run 2026-11-20 12:00 UTC (3 minutes ago)')
    const whole = registryPage(viewOf(clean, { freshness: FRESH, history: runs(['clean']) }))
    expect(whole).not.toMatch(/Last complete run|Findings from the run/)
  })

  it('say that nothing was scanned yet, and that a scan is running', () => {
    const freshness = { ...FRESH, lastCompleteAt: undefined, isRunning: true }
    const view = { ...viewOf(clean), report: undefined, asOf: undefined, verdict: 'unknown' as const, freshness }
    for (const text of [registryPage(view), plain(overviewPage([view], about))])
      expect(text).toContain('Last run none yet Next run running now')
  })
})

describe('the links of a page', () => {
  const linksIn = (page: string): string[] => [...page.matchAll(/<a [^>]*href="([^"]*)"/g)].map(([, href = '']) => href)
  const about = { ...ABOUT, prefix: '/ops' }

  it('lead to the same as JSON, to metrics, and to what a code means, below the prefix', () => {
    expect(linksIn(overviewPage([viewOf(broken)], about))).toEqual(
      expect.arrayContaining(['/ops/api/v1/registries', '/ops/metrics']),
    )
    const view = viewOf(broken, { registry: 'a/b c', profile: 'deep' })
    const links = linksIn(new PreparedRegistry(view, '/ops').page(view, FIRST, about))
    expect(links).toEqual(
      expect.arrayContaining([
        '/ops/',
        '/ops/api/v1/registries/a%2Fb%20c?profile=deep',
        '/ops/metrics',
        '/ops/findings/index-child-missing.md',
        '/ops/findings/blob-size-mismatch.md',
        '/ops/findings/orphan-layer-link.md',
        '/ops/unchecked/STORE_DENIED.md',
      ]),
    )
  })

  it('are none in a file, which has no server', async () => {
    const file = written(htmlReport, await brokenEvents())
    expect(linksIn(file)).toEqual(['#main'])
    expect(file).not.toContain('For programs')
  })
})

describe('a page', () => {
  it('leads from the tag through index and platforms to what is missing, and to how to repair it', () => {
    const text = plain(new PreparedRegistry({ report: broken }, '').page(viewOf(broken), FIRST, ABOUT))
    expect(text).toMatch(
      /tag latest index sha256:\w{64} manifest linux\/amd64 missing sha256:\w{64} manifest linux\/arm64 missing sha256:\w{64}/,
    )
    expect(text).toContain('The index is served, but this child is not: its revision link is gone.')
    expect(text).toContain('#*://}/team/app@sha256:')
    expect(text).toMatch(/tags v1, v2 manifest sha256:\w{64} blob wrong size sha256:\w{64}/)
  })

  it('has the evidence of each finding as text', async () => {
    const [target] = await cleanEvents()
    const findings = everyReported().map((finding) => ({ type: 'finding', finding }) as const)
    const out = written(htmlReport, [...(target ? [target] : []), ...findings])
    expect(out).toMatch(/<dt>running<\/dt><dd><bdi>sha256:\w+: pods\.json:3: Pod shop\/web, container app</)
    expect(out).not.toMatch(/\[object|undefined/)
  })

  it('explains the variables that its commands use, and no others', () => {
    const text = plain(new PreparedRegistry({ report: broken }, '').page(viewOf(broken), FIRST, ABOUT))
    expect(text).toContain(
      'In the commands, $REGISTRY is the registry’s URL, $SOURCE is the URL of a registry that still has the images and $RESTART is the command that restarts it.',
    )
    const findings = broken.findings.map((finding) => ({
      ...finding,
      repair: {
        ...finding.repair,
        commands: ['skopeo copy "$SOURCE/a" docker://registry.example.com/a'],
      },
    }))
    const known = { ...broken, findings }
    expect(plain(new PreparedRegistry({ report: known }, '').page(viewOf(known), FIRST, ABOUT))).toContain(
      'In the commands, $SOURCE is the URL of a registry that still has the images.',
    )
    const none = {
      ...broken,
      findings: findings.map((finding) => ({ ...finding, repair: { ...finding.repair, commands: [] } })),
    }
    expect(plain(new PreparedRegistry({ report: none }, '').page(viewOf(none), FIRST, ABOUT))).not.toContain(
      'In the commands',
    )
  })

  it('names the reason of what could not be checked', () => {
    const text = plain(new PreparedRegistry({ report: broken }, '').page(viewOf(broken), FIRST, ABOUT))
    expect(text).toMatch(/Unchecked .* STORE_DENIED 1 object/)
    const whole = plain(new PreparedRegistry({ report: clean }, '').page(viewOf(clean), FIRST, ABOUT))
    expect(whole).not.toContain('Unchecked')
  })

  it('says how many more there are than it lists', () => {
    const one = { code: 'layer-missing', severity: 'error', repository: 'a', tag: undefined, digest: 'x' } as const
    const fixed = Array.from({ length: 1234 }, (_, n) => ({ ...one, id: `${n}`, firstSeen: '2026-11-20T12:00:00Z' }))
    const report = { ...broken, fixed }
    expect(plain(new PreparedRegistry({ report }, '').page(viewOf(report), FIRST, ABOUT))).toContain(
      'And 1,134 more; the JSON report lists all',
    )
  })

  it('shows the worst registry first, and sums up', () => {
    const text = plain(overviewPage([viewOf(clean), viewOf(empty), viewOf(broken)], ABOUT))
    expect(text).toContain('3 registries: 1 damaged, 1 empty, 1 clean.')
    expect(text).toMatch(/Damaged broken .* Empty empty .* Clean clean/)
  })

  it('holds a hundred images, and the rest on the next ones', () => {
    const report = manyBroken(250)
    const page = (n: number): string =>
      new PreparedRegistry({ report }, '').page(viewOf(report), { search: '', page: n }, ABOUT)
    expect([1, 2, 3, 4, 0].map((n) => page(n).match(/<li data-item>/g)?.length)).toEqual([100, 100, 50, 50, 100])
    expect(plain(page(2))).toContain('Previous Page 2 of 3 Next')
  })

  it('finds an image by name, digest or platform, all words of a search together', () => {
    const report = manyBroken(250)
    const found = (search: string): number =>
      new PreparedRegistry({ report }, '').page(viewOf(report), { search, page: 1 }, ABOUT).match(/<li data-item>/g)
        ?.length ?? 0
    const digest = report.findings[17]?.digest ?? ''
    expect(['SERVICE-0017', digest, 'team-17 v97', 'v17 arm64'].map(found)).toEqual([1, 1, 1, 0])
  })

  it('keeps the search and the profile from page to page', () => {
    const report = manyBroken(250)
    const text = new PreparedRegistry({ report }, '').page(
      viewOf(report, { profile: 'deep' }),
      { search: 'a&b team', page: 1 },
      ABOUT,
    )
    expect(text).toContain('<input type="hidden" name="profile" value="deep">')
    expect(text).toContain('value="a&amp;b team"')
    const paged = new PreparedRegistry({ report }, '').page(
      viewOf(report, { profile: 'deep' }),
      { search: 'team', page: 1 },
      ABOUT,
    )
    expect(paged).toContain('href="?profile=deep&amp;q=team&amp;page=2#images"')
  })

  it('may load nothing, and be framed by nobody', () => {
    const { 'content-security-policy': policy = '' } = PAGE_HEADERS
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; /)
    expect(policy).toMatch(/frame-ancestors 'none'$/)
    expect(policy).not.toMatch(/unsafe|\*|https?:/)
    expect(policy.match(/connect-src [^;]*/)?.[0]).toBe("connect-src 'self'")
  })
})

describe('a file', () => {
  it('holds up to 1,000 images, and says how many more there are', () => {
    const report = manyBroken(1003)
    const text = written(htmlReport, [
      { type: 'target', info: report },
      ...report.findings.map((finding) => ({ type: 'finding', finding }) as const),
      ...report.tags.map(({ findings, ...record }) => ({ type: 'tag', record, findings }) as const),
    ])
    expect(text.match(/<li data-item>/g)).toHaveLength(1000)
    expect(plain(text)).toContain('3 more images are not in this file; the JSON report lists all.')
  })

  it('lists each registry in it, the worst first', async () => {
    const text = plain(written(htmlReport, [...(await cleanEvents()), ...(await brokenEvents())]))
    expect(text).toContain('2 registries: 1 damaged, 1 clean.')
    expect(text).toMatch(/Damaged broken .* Clean clean/)
  })
})

/** Anything but line breaks that a page makes itself. */
const HARM = /[^\P{Cc}\n]|[\p{Zl}\p{Zp}\p{Bidi_Control}\p{Surrogate}]/u

const hostile = fc.string({
  minLength: 1,
  unit: fc.constantFrom(
    '<',
    '>',
    '"',
    "'",
    '&',
    '\n',
    '\u001b[31m',
    '\u0000',
    '\u202e',
    '\u2028',
    '\ud800',
    '</script>',
    '<b>',
    'a',
    ' ',
  ),
})

describe('text from a registry', () => {
  it('is text in a page, and can do nothing to whoever reads it', () => {
    const shapeOf = (text: string): readonly string[] => {
      const report = hostileTarget(text)
      const view = viewOf(report, {
        freshness: FRESH,
        profile: text,
        history: runs(['damaged']).map((run) => ({ ...run, problem: text })),
      })
      const pages = [
        overviewPage([view], { version: '0', now: NOW }),
        new PreparedRegistry(view, '').page(view, FIRST, { version: '0', now: NOW }),
      ]
      for (const page of pages) expect(page).not.toMatch(HARM)
      return pages.map(skeleton)
    }
    const tame = shapeOf('a')
    fc.assert(
      fc.property(hostile, (text) => {
        expect(shapeOf(text)).toEqual(tame)
      }),
      { numRuns: 60 },
    )
  })
})

/** The tags and attributes of a page, in their order. */
function skeleton(page: string): string {
  return [...page.matchAll(/<\/?[a-z!][^<>]*>/g)].map(([tag]) => tag.replace(/"[^"]*"/g, '""')).join('')
}

/** What a reader without style sees, in one line. */
function plain(page: string): string {
  const body = page.replace(/<(style|script)>[\s\S]*?<\/\1>/g, '').replace(/<[^>]+>/g, ' ')
  const text = body.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')
  return text.replace(/\s+/g, ' ')
}
