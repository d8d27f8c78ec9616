import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { objections, openBrowser, openTab } from '../browser/browser.ts'
import { everyFile, everyView, type Site, siteOf } from '../browser/site.ts'
import { scratch } from '../support/scratch.ts'
import { describeWithServers } from '../support/servers/required.ts'

/** Kept for people to look at. */
const ARTEFACTS = fileURLToPath(new URL('../../test-artefacts/', import.meta.url))

/** All rules once, then what another width and other colours can bring about. */
const WAYS = [
  { width: 1280, colorScheme: 'light', rules: undefined },
  { width: 360, colorScheme: 'dark', rules: ['color-contrast', 'scrollable-region-focusable', 'target-size'] },
  { width: 1280, colorScheme: 'dark', rules: 'none' },
  { width: 360, colorScheme: 'light', rules: 'none' },
] as const

/** Kept in all four ways. */
const TWICE: ReadonlySet<string> = new Set(['overview', 'broken', 'stale', 'file-broken'])

describeWithServers(['chromium'], 'every page', () => {
  const directory = scratch()
  const pages = new Map<string, string>()
  let browser: Browser
  let site: Site

  beforeAll(async () => {
    mkdirSync(ARTEFACTS, { recursive: true })
    site = await siteOf(await everyView())
    pages.set('overview', `${site.url}/`)
    for (const name of ['broken', 'stale', 'empty', 'lost', 'new']) pages.set(name, `${site.url}/registries/${name}`)
    for (const [name, text] of Object.entries(await everyFile())) {
      writeFileSync(join(directory, `${name}.html`), text)
      pages.set(`file-${name}`, pathToFileURL(join(directory, `${name}.html`)).href)
    }
    browser = await openBrowser()
  })

  afterAll(async () => {
    await browser.close()
    site.close()
  })

  it.each([
    ...['overview', 'broken', 'stale', 'empty', 'lost', 'new'],
    ...['file-clean', 'file-broken', 'file-empty', 'file-several'],
  ])('%s can be read by everybody, and asks for nothing', async (name) => {
    const url = pages.get(name) ?? ''
    const { page, complaints, requests } = await openTab(browser, url, { colorScheme: 'light' })
    const against: string[] = []
    for (const { width, colorScheme, rules } of WAYS) {
      await page.setViewportSize({ width, height: 900 })
      await page.emulateMedia({ colorScheme })
      const isTooWide: boolean = await page.evaluate('document.documentElement.scrollWidth > innerWidth')
      if (isTooWide) against.push(`wider than ${width} px`)
      if (rules !== 'none') against.push(...(await objections(page, rules)))
      if (rules !== 'none' || TWICE.has(name))
        await page.screenshot({ path: join(ARTEFACTS, `${name}-${colorScheme}-${width}.png`), fullPage: true })
    }
    const beyond = requests.filter((each) => each !== url && !each.startsWith('data:'))
    expect({ against, complaints, beyond }).toEqual({ against: [], complaints: [], beyond: [] })
    await page.context().close()
  })
})
