import axe from 'axe-core'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** @param more of its arguments */
export function openBrowser(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: [...ARGS, ...more] })
}

/** A page in a tab of its own, and what it has asked for and complained about. */
export interface Tab {
  readonly page: Page
  readonly complaints: readonly string[]
  readonly requests: readonly string[]
}

export async function openTab(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Tab> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  const page = await context.newPage()
  const complaints: string[] = []
  const requests: string[] = []
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('request', (request) => requests.push(request.url()))
  await page.goto(url)
  return { page, complaints, requests }
}

/** What the accessibility check has against a page: rule and place. @param rules left out: all of them */
export async function objections(page: Page, rules?: readonly string[]): Promise<readonly string[]> {
  const isThere: boolean = await page.evaluate('"axe" in window')
  if (!isThere) await page.evaluate(axe.source)
  const runOnly = rules === undefined ? {} : { runOnly: rules }
  const said: { violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] } =
    await page.evaluate(`axe.run(${JSON.stringify({ resultTypes: ['violations'], ...runOnly })})`)
  return said.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
  )
}
