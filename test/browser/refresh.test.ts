import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { RegistryView } from '../../src/report/html/overview/view.ts'
import { brokenEvents, cleanEvents } from '../report/events.ts'
import { FRESH, manyBroken, runs, targetOf, viewOf } from '../report/views.ts'
import { scratch } from '../support/scratch.ts'
import { describeWithServers } from '../support/servers/required.ts'
import { openBrowser, openTab } from './browser.ts'
import { everyFile, type Site, siteOf } from './site.ts'

const MINUTE = 61_000

describeWithServers(['chromium'], 'a page that stays open', () => {
  let browser: Browser
  let site: Site
  let broken: RegistryView
  let repaired: RegistryView
  let many: RegistryView

  beforeAll(async () => {
    const served = { freshness: FRESH, history: runs(['damaged']) }
    broken = viewOf(targetOf(await brokenEvents()), served)
    repaired = viewOf({ ...targetOf(await cleanEvents()), registry: 'broken' }, { ...served, history: runs(['clean']) })
    many = viewOf(manyBroken(40), served)
    browser = await openBrowser()
  })

  beforeEach(async () => {
    site = await siteOf([broken, many])
  })

  afterEach(() => {
    site.close()
  })

  afterAll(async () => {
    await browser.close()
  })

  /** A page whose time passes as the test says. */
  async function open(
    path: string,
    options: BrowserContextOptions = {},
  ): Promise<{ page: Page; complaints: readonly string[] }> {
    const { page, complaints } = await openTab(browser, 'about:blank', options)
    await page.clock.install()
    await page.goto(`${site.url}${path}`)
    return { page, complaints }
  }

  it('shows by itself that a registry is whole again', async () => {
    const { page, complaints } = await open('/registries/broken')
    const icon = await page.locator('link[rel=icon]').getAttribute('href')
    expect(await page.title()).toBe('Damaged: broken · regfsck')
    site.learn(repaired)
    await page.clock.fastForward(MINUTE)
    await page.locator('.banner.clean').waitFor()
    expect(await page.title()).toBe('Clean: broken · regfsck')
    expect(await page.locator('link[rel=icon]').getAttribute('href')).not.toBe(icon)
    await page.goto(`${site.url}/`)
    site.learn(broken)
    await page.clock.fastForward(MINUTE)
    await page.getByText('2 registries: all damaged.').waitFor()
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('keeps what was opened and closed, where it stands, and what the keyboard is on', async () => {
    const { page, complaints } = await open('/registries/large')
    const image = (n: number) =>
      page
        .locator('details.image')
        .filter({ hasText: `service-000${n}` })
        .first()
    await image(3).locator('summary').first().click()
    await image(7).locator('summary').first().click()
    await image(7).getByText('Evidence').click()
    await image(7).getByRole('button', { name: 'Copy the commands' }).focus()
    const place = 'Math.round(document.activeElement.getBoundingClientRect().top)'
    const before = await page.evaluate(place)
    expect(await page.evaluate('scrollY')).toBeGreaterThan(0)
    site.learn({ ...many, history: runs(['damaged', 'clean']) })
    await page.clock.fastForward(MINUTE)
    await page.getByText('2 runs, newest first').waitFor({ state: 'attached' })
    expect(await page.locator('details.image[open]').count()).toBe(2)
    expect(await image(3).locator('pre').isVisible()).toBe(true)
    expect(await image(7).locator('.evidence').isVisible()).toBe(true)
    expect(await page.evaluate(place)).toBe(before)
    expect(await page.evaluate('document.activeElement.closest("details.image").innerText')).toContain('service-0007')
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('leaves alone who types or has marked text', async () => {
    const { page } = await open('/registries/broken')
    site.learn(repaired)
    const search = page.getByRole('searchbox', { name: 'Search' })
    await search.fill('team')
    await page.clock.fastForward(MINUTE)
    await search.fill('')
    await page.locator('h1').focus()
    await page.evaluate(
      'document.activeElement.blur(), getSelection().selectAllChildren(document.querySelector("pre"))',
    )
    await page.clock.fastForward(MINUTE)
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(await page.title()).toBe('Damaged: broken · regfsck')
    await page.evaluate('getSelection().removeAllRanges()')
    await page.clock.fastForward(MINUTE)
    await page.locator('.banner.clean').waitFor()
    await page.context().close()
  })

  it('says that it is old when the server no longer answers, and no longer when it does', async () => {
    const { page } = await open('/registries/broken')
    await page.route('**/registries/broken', (route) => route.abort())
    await page.clock.fastForward(MINUTE)
    await page.getByText('This page could not be refreshed. It was made on 2026-11-20 12:03 UTC.').waitFor()
    expect(await page.getByRole('heading', { name: 'broken' }).isVisible()).toBe(true)
    await page.unroute('**/registries/broken')
    await page.route('**/registries/broken', (route) =>
      route.fulfill({ body: '<title>Sign in</title>', contentType: 'text/html' }),
    )
    await page.clock.fastForward(MINUTE)
    await page.getByText('This page could not be refreshed.').waitFor()
    expect(await page.title()).toBe('Damaged: broken · regfsck')
    await page.unroute('**/registries/broken')
    await page.clock.fastForward(MINUTE)
    await page.getByText('This page could not be refreshed.').waitFor({ state: 'detached' })
    await page.context().close()
  })

  it('is reloaded without JavaScript where that closes nothing: the list of registries', async () => {
    const refreshes = async (path: string, javaScriptEnabled: boolean): Promise<number> => {
      const { page } = await openTab(browser, `${site.url}${path}`, { javaScriptEnabled })
      const count = await page.locator('meta[http-equiv=refresh]').count()
      await page.context().close()
      return count
    }
    expect(await refreshes('/', false)).toBe(1)
    expect(await refreshes('/registries/broken', false)).toBe(0)
    expect(await refreshes('/', true)).toBe(0)
  })

  it('asks for nothing where it is a file', async () => {
    const file = join(scratch(), 'broken.html')
    writeFileSync(file, (await everyFile())['broken'] ?? '')
    const { page, requests } = await openTab(browser, 'about:blank')
    await page.clock.install()
    await page.goto(pathToFileURL(file).href)
    const before = requests.length
    await page.clock.fastForward(MINUTE)
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(requests.length).toBe(before)
    expect(await page.locator('meta[http-equiv=Content-Security-Policy]').getAttribute('content')).not.toContain(
      'connect',
    )
    await page.context().close()
  })
})
