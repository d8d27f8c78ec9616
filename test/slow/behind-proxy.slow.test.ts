import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { objections, openBrowser, openTab } from '../browser/browser.ts'
import { fixture } from '../support/builders/fixtures.ts'
import { type Serving, serving } from '../support/command/serve.ts'
import { scratch } from '../support/scratch.ts'
import { type Nginx, startNginx } from '../support/servers/nginx.ts'
import { describeWithServers } from '../support/servers/required.ts'

const NAME = 'status.example'
const PREFIX = '/ops/regfsck'
/** A proxy that decodes a path sends it on with slashes in it. */
const REGISTRY = 'host.example:5000/team a'

const CONFIG = {
  'external-url': `https://${NAME}${PREFIX}/`,
  registries: [
    {
      ...{ name: REGISTRY, target: fixture('child-deleted-by-gc-m'), 'registry-url': 'https://registry.example.com' },
      ...{ interval: '1d', 'recheck-delay': '0s' },
    },
  ],
}

/** A proxy that a browser reaches by a name that is not this machine's own. */
const PROXIES = [
  ['takes the prefix away', (to: string) => `location ${PREFIX}/ { proxy_pass ${to}/; proxy_set_header Host $host; }`],
  ['passes the prefix on', (to: string) => `location ${PREFIX} { proxy_pass ${to}; proxy_set_header Host $host; }`],
] as const

/** From the page of the registry. */
const LINKS = [
  ['JSON', '"verdict": "damaged"'],
  ['Metrics', 'registry_integrity_'],
  ['index-child-missing', '## Confirm by hand'],
] as const

describeWithServers(['chromium', 'nginx'], 'the status page behind nginx, below a prefix', () => {
  const file = join(scratch(), 'regfsck.yaml')
  const nginxes: Nginx[] = []
  let server: Serving
  let browser: Browser

  beforeAll(async () => {
    writeFileSync(file, JSON.stringify(CONFIG))
    server = await serving(file)
    await server.until('scan.finished')
    browser = await openBrowser([`--host-resolver-rules=MAP ${NAME} 127.0.0.1`])
  }, 120_000)

  afterAll(async () => {
    await browser.close()
    for (const nginx of nginxes) await nginx.stop()
    server.child.kill('SIGKILL')
  })

  async function behind(configure: (to: string) => string, to: string = server.url): Promise<string> {
    const nginx = await startNginx({ server: configure(to) })
    nginxes.push(nginx)
    return nginx.url.replace('127.0.0.1', NAME)
  }

  it.each(PROXIES)('can be used by every link of it where nginx %s', { timeout: 120_000 }, async (_, configure) => {
    const origin = await behind(configure)
    const home = `${origin}${PREFIX}/`
    const { page, complaints, requests } = await openTab(browser, home.slice(0, -1))
    expect(page.url()).toBe(home)
    await page.getByRole('link', { name: REGISTRY }).click()
    expect(await page.locator('h1').textContent()).toBe(REGISTRY)
    expect(await page.getByText('cannot be pulled').first().isVisible()).toBe(true)
    const own = page.url()
    expect(own.startsWith(`${home}registries/`)).toBe(true)
    await page.getByRole('searchbox', { name: 'Search' }).fill('nothing-like-it')
    await page.getByRole('button', { name: 'Search' }).click()
    await page.getByRole('link', { name: 'Show all' }).click()
    expect(page.url().startsWith(own)).toBe(true)
    await page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link').click()
    expect(page.url()).toBe(home)
    const heard = [...complaints]
    await page.goto(own)
    for (const [link, shows] of LINKS) {
      await page.getByRole('link', { name: link, exact: true }).first().click()
      expect(await page.textContent('body')).toContain(shows)
      await page.goBack()
      expect(page.url()).toBe(own)
    }
    // What a program finds by following the list.
    const { registries } = JSON.parse(await textAt(page, `${home}api/v1/registries`))
    expect(registries[0].report.startsWith(`${PREFIX}/api/v1/registries/`)).toBe(true)
    expect(JSON.parse(await textAt(page, `${origin}${registries[0].report}`))).toMatchObject({ verdict: 'damaged' })
    expect(await textAt(page, `${home}metrics`)).toContain('registry_integrity_')
    const beyond = requests.filter((url) => !url.startsWith('data:') && !url.startsWith(home.slice(0, -1)))
    // A browser asks for the icon of what is no page.
    expect({ beyond: beyond.filter((url) => !url.endsWith('/favicon.ico')), heard }).toEqual({ beyond: [], heard: [] })
    await page.context().close()
  })

  it.each(PROXIES)(
    'copies, shows its state in the tab and refreshes itself where nginx %s',
    {
      timeout: 120_000,
    },
    async (_, configure) => {
      const { page, complaints, requests } = await openTab(browser, 'about:blank')
      await page.clock.install()
      await page.goto(`${await behind(configure)}${PREFIX}/registries/${encodeURIComponent(REGISTRY)}`)
      expect(await page.locator('link[rel=icon]').getAttribute('href')).toMatch(/^data:image\/svg\+xml,.+d1242f/)
      const block = page.locator('.commands').first()
      await block.getByRole('button', { name: 'Copy the commands' }).click()
      await block.getByText('Copied.').waitFor()
      const commands = await block.locator('pre').textContent()
      expect(commands).toContain('regfsck check "https://registry.example.com/infra-ci:latest"')
      expect(commands).not.toContain('REGISTRY')
      await page.evaluate('document.querySelector("footer").className += " old"')
      await page.locator('details.image summary').first().click()
      await page.clock.fastForward(61_000)
      await page.locator('footer:not(.old)').waitFor()
      expect(await page.locator('details.image[open]').count()).toBe(0)
      expect(await page.locator('#refreshed').textContent()).toBe('')
      expect(new Set(requests.filter((url) => url.startsWith('http'))).size).toBe(1)
      expect(complaints).toEqual([])
      await page.context().close()
    },
  )

  it('shows a page where there is none, which leads home', { timeout: 60_000 }, async () => {
    const home = `${await behind(PROXIES[0][1])}${PREFIX}/`
    const { page } = await openTab(browser, `${home}registries/renamed%20%3Cb%3E`)
    expect(await page.title()).toBe('Not found · regfsck')
    expect(await page.getByRole('main').textContent()).toContain(`${PREFIX}/registries/renamed`)
    expect(await objections(page)).toEqual([])
    await page.getByRole('link', { name: 'All registries' }).click()
    expect(page.url()).toBe(home)
    await page.context().close()
  })

  it('answers whoever asks it directly, as probes and Prometheus do', async () => {
    for (const path of ['/healthz', '/readyz', '/metrics', '/', `${PREFIX}/healthz`])
      expect((await fetch(`${server.url}${path}`)).status).toBe(200)
  })

  it('is refused by a name that is not allowed', { timeout: 60_000 }, async () => {
    const plain = join(scratch(), 'plain.yaml')
    writeFileSync(plain, JSON.stringify({ registries: CONFIG.registries }))
    const withoutAllowedHosts = await serving(plain)
    try {
      const [, configure] = PROXIES[0]
      const { page } = await openTab(browser, `${await behind(configure, withoutAllowedHosts.url)}${PREFIX}/`)
      expect(await page.textContent('body')).toContain('allowed-hosts')
      await page.context().close()
    } finally {
      withoutAllowedHosts.child.kill('SIGKILL')
    }
  })

  it('shows a configuration that was refused, with its problems, until one is taken', {
    timeout: 120_000,
  }, async () => {
    const { page } = await openTab(browser, `${await behind(PROXIES[0][1])}${PREFIX}/`)
    const notice = page.getByRole('region', { name: 'Configuration' })
    expect(await notice.count()).toBe(0)
    writeFileSync(file, JSON.stringify({ ...CONFIG, lisen: 1, 'external-url': 'https://user:hunter2@<b>x</b>/' }))
    server.child.kill('SIGHUP')
    await server.until('config.refused')
    await page.reload()
    expect(await notice.textContent()).toContain('The previous one stays in use')
    const listed = await notice.getByRole('listitem').allTextContents()
    expect(listed.sort()).toEqual([
      expect.stringMatching(/regfsck\.yaml:1: external-url: expected https:.*, not "\*\*\*@<b>x<\/b>\/"$/),
      expect.stringMatching(/regfsck\.yaml:1: lisen: unknown key; did you mean listen\?$/),
    ])
    expect(JSON.stringify(server.logged)).not.toContain('hunter2')
    expect(await objections(page)).toEqual([])
    await page.getByRole('link', { name: REGISTRY }).click()
    expect(await notice.isVisible()).toBe(true)
    writeFileSync(file, JSON.stringify(CONFIG))
    server.child.kill('SIGHUP')
    await server.until('config.reloaded')
    await page.reload()
    expect(await notice.count()).toBe(0)
    await page.context().close()
  })
})

async function textAt(page: Page, url: string): Promise<string> {
  await page.goto(url)
  return String(await page.evaluate('document.body.innerText'))
}
