import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { fixture } from '../support/builders/fixtures.ts'
import { regfsck } from '../support/command/run.ts'
import { scratch } from '../support/scratch.ts'
import { describeWithServers } from '../support/servers/required.ts'
import { openBrowser, openTab } from './browser.ts'
import { everyFile, everyView, HOSTILE, linkTo, type Site, siteOf } from './site.ts'

/** That a browser takes for another machine. */
const NAME = 'status.example'

const DRAWN = `async (icon) => {
  const image = new Image(16, 16)
  image.src = icon
  await image.decode()
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = 16
  const drawing = canvas.getContext('2d')
  drawing.drawImage(image, 0, 0, 16, 16)
  return { width: image.width, isBlank: drawing.getImageData(0, 0, 16, 16).data.every((value) => value === 0) }
}`

describeWithServers(['chromium'], 'somebody who reads a page', () => {
  const directory = scratch()
  let browser: Browser
  let site: Site
  let file: string

  beforeAll(async () => {
    site = await siteOf(await everyView())
    file = join(directory, 'broken.html')
    writeFileSync(file, (await everyFile())['broken'] ?? '')
    browser = await openBrowser([`--host-resolver-rules=MAP ${NAME} 127.0.0.1`])
  })

  afterAll(async () => {
    await browser.close()
    site.close()
  })

  it('finds all of it without JavaScript, and can search and turn pages', async () => {
    const { page } = await openTab(browser, `${site.url}/`, { javaScriptEnabled: false })
    await page.getByRole('link', { name: 'large' }).click()
    await page.waitForURL('**/large')
    expect(await page.locator('details.image').count()).toBe(100)
    await page.getByRole('link', { name: 'Next' }).click()
    await page.waitForURL('**page=2*')
    expect(await page.getByText('Page 2 of 10').count()).toBe(1)
    await page.getByRole('searchbox', { name: 'Search' }).fill('service-0777')
    await page.getByRole('button', { name: 'Search' }).click()
    await page.waitForURL('**q=service-0777*')
    const image = page.locator('details.image')
    expect(await image.count()).toBe(1)
    expect(await image.locator('pre').isVisible()).toBe(false)
    await image.locator('summary').first().click()
    expect(await image.locator('pre').isVisible()).toBe(true)
    await page.context().close()
  })

  it('has no search in a file where no script runs, and all the text', async () => {
    const { page } = await openTab(browser, pathToFileURL(file).href, { javaScriptEnabled: false })
    expect(await page.getByRole('searchbox').count()).toBe(0)
    expect(await page.getByText('What was checked').isVisible()).toBe(true)
    await page.context().close()
  })

  it('sees fewer images with each letter, and hears how many', async () => {
    const { page, complaints } = await openTab(browser, pathToFileURL(file).href)
    await page.getByRole('searchbox', { name: 'Search' }).fill('arm64')
    expect(await page.locator('details.image h3:visible').allTextContents()).toContain('team/app:latest')
    expect(await page.getByRole('status').textContent()).toBe('1 of 2 match.')
    expect(await page.getByRole('heading', { name: 'team/app:v1' }).isVisible()).toBe(false)
    await page.getByRole('searchbox', { name: 'Search' }).fill('')
    expect(await page.getByRole('heading', { name: 'team/app:v1' }).isVisible()).toBe(true)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('sees by the icon of the tab how it stands', async () => {
    const icons = new Map<string, string>()
    for (const path of ['/', '/registries/broken', '/registries/clean', '/registries/lost', '/registries/new']) {
      const { page, complaints } = await openTab(browser, `${site.url}${path}`)
      const icon = (await page.locator('link[rel=icon]').getAttribute('href')) ?? ''
      icons.set(path, icon)
      // What the browser draws of it: width, and that something is in the middle of it.
      expect(await page.evaluate(`(${DRAWN})(${JSON.stringify(icon)})`)).toEqual({ width: 16, isBlank: false })
      expect(complaints).toEqual([])
      await page.context().close()
    }
    expect(icons.get('/')).toBe(icons.get('/registries/broken'))
    expect(new Set(icons.values()).size).toBe(4)
  })

  it('copies the commands of a repair as they stand, one a line', async () => {
    const { page, complaints } = await openTab(browser, `${site.url}/registries/broken`, {
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    const block = page.locator('.commands').first()
    await block.getByRole('button', { name: 'Copy the commands' }).click()
    await block.getByText('Copied.').waitFor()
    const copied: string = await page.evaluate('navigator.clipboard.readText()')
    expect(copied).toBe((await block.locator('pre').textContent())?.trimEnd())
    expect(copied.split('\n')).toEqual([
      expect.stringMatching(/^sh -c "\$RESTART" && /),
      expect.stringMatching(/^regfsck check .* skopeo copy /),
      'regfsck check "$REGISTRY/team/app:latest"',
    ])
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('copies them where the browser has no clipboard for a page over plain HTTP', async () => {
    const { page } = await openTab(browser, `${site.url.replace('127.0.0.1', NAME)}/registries/broken`)
    expect(await page.evaluate('isSecureContext')).toBe(false)
    const block = page.locator('.commands').first()
    await block.getByRole('button', { name: 'Copy the commands' }).click()
    await block.getByText('Copied.').waitFor()
    await page.getByRole('searchbox', { name: 'Search' }).focus()
    await page.keyboard.press('Control+V')
    const commands = (await block.locator('pre').textContent())?.trimEnd()
    expect(await page.getByRole('searchbox').inputValue()).toBe(commands?.replaceAll('\n', ' ').slice(0, 200))
    await page.context().close()
  })

  it('is offered nothing to copy with where no script runs, and reads the commands', async () => {
    const { page } = await openTab(browser, `${site.url}/registries/broken`, { javaScriptEnabled: false })
    expect(await page.getByRole('button', { name: 'Copy' }).count()).toBe(0)
    expect(await page.locator('.commands pre').first().isVisible()).toBe(true)
    await page.context().close()
  })

  it('reaches everything by keyboard, in the order in which it stands', async () => {
    const { page } = await openTab(browser, `${site.url}/registries/broken`)
    const seen: string[] = []
    for (let n = 0; n < 14; n++) {
      await page.keyboard.press('Tab')
      seen.push(
        await page.evaluate(
          'document.activeElement.localName + " " + getComputedStyle(document.activeElement).outlineStyle',
        ),
      )
    }
    expect(seen).toEqual([
      ...['a solid', 'a solid', 'a solid', 'a solid', 'input solid', 'button solid'],
      ...['summary solid', 'a solid', 'button solid', 'summary solid'],
      ...['summary solid', 'a solid', 'button solid', 'summary solid'],
    ])
    await page.context().close()
  })

  it('skips to the content, and opens an image with the space bar', async () => {
    const { page } = await openTab(browser, `${site.url}/registries/large`)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    expect(await page.evaluate('document.activeElement.id')).toBe('main')
    await page.locator('details.image > summary').first().focus()
    await page.keyboard.press('Space')
    expect(await page.locator('details.image').first().locator('pre').isVisible()).toBe(true)
    await page.context().close()
  })

  it('comes to no harm by names that are markup, controls or right-to-left', async () => {
    for (const url of [
      '/',
      linkTo(`hostile ${HOSTILE}`, ''),
      `${linkTo('broken', '')}?q=${encodeURIComponent('"><img src=x onerror=alert(1)>')}`,
    ]) {
      const { page, complaints, requests } = await openTab(browser, `${site.url}${url}`)
      const made: number = await page.evaluate('document.querySelectorAll("img, body script ~ script, b.evil").length')
      const harmed: boolean = await page.evaluate('document.title === "harmed"')
      expect({
        made,
        harmed,
        complaints,
        beyond: requests.slice(1).filter((each) => !each.startsWith('data:')),
      }).toEqual({ made: 0, harmed: false, complaints: [], beyond: [] })
      await page.context().close()
    }
  })

  it('can attach what a real scan of a broken registry wrote', async () => {
    const at = join(directory, 'scan.html')
    const ran = await regfsck([
      'scan',
      fixture('child-deleted-by-gc-m'),
      '--recheck-delay',
      '0',
      '--output',
      `html=${at}`,
    ])
    expect(ran).toMatchObject({ code: 1, stdout: '', stderr: '' })
    const { page, complaints, requests } = await openTab(browser, pathToFileURL(at).href)
    expect(await page.title()).toBe('Damaged: child-deleted-by-gc-m · regfsck')
    expect(await page.locator('.tree').first().textContent()).toMatch(
      /tag latest\s*index sha256:\w{64}\s*manifest linux\/amd64 missing/,
    )
    expect(await page.locator('details.image pre').first().textContent()).toContain('infra-ci:latest')
    expect({ complaints, beyond: requests.filter((each) => !each.startsWith('data:')) }).toEqual({
      complaints: [],
      beyond: [pathToFileURL(at).href],
    })
    await page.context().close()
  })
})
