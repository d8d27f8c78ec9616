import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { regfsck } from '../support/cli.ts'
import { BECAUSE_CODES, CAUSES, FINDING_CODES, TAG_VERDICTS } from '../support/report-words.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const readme = read('README.md')

describe('docs has a page, and no page too many, for', () => {
  it.each([
    ['findings', FINDING_CODES],
    ['verdicts', TAG_VERDICTS],
    ['unchecked', BECAUSE_CODES],
  ])('%s', (room, words) => {
    expect(readdirSync(join(ROOT, 'docs', room)).sort()).toEqual(words.map((word) => `${word}.md`).sort())
  })
})

describe('the page of', () => {
  it.each(FINDING_CODES)('%s is headed by it, and tells of each cause', (code) => {
    const page = read(`docs/findings/${code}.md`)
    expect(page.startsWith(`# ${code}\n`)).toBe(true)
    expect(CAUSES[code].filter((cause) => !page.includes(`\`${cause}\``))).toEqual([])
  })

  it.each([...TAG_VERDICTS, ...BECAUSE_CODES])('%s is headed by it', (word) => {
    const room = existsSync(join(ROOT, `docs/verdicts/${word}.md`)) ? 'verdicts' : 'unchecked'
    expect(read(`docs/${room}/${word}.md`).startsWith(`# ${word}\n`)).toBe(true)
  })
})

describe('README', () => {
  let help: string

  beforeAll(async () => {
    help = (await regfsck(['scan', '--help'])).stdout
  })

  it('names the options of scan, each and no other', () => {
    const options = [...help.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, name]) => name)
    expect(options.length).toBeGreaterThan(10)
    const told = firstCells('### Options of `scan`').map((cell) => /^`(--[\w-]+)/.exec(cell)?.[1])
    expect(told).toEqual(options.filter((name) => name !== '--help'))
  })

  it('tells their defaults', () => {
    const entries = help.split(/^ {2}(?=-)/m).slice(1)
    const defaults = entries.flatMap((entry) => {
      const [, value] = /\(default:\s+"([^"]+)"/.exec(entry) ?? []
      return value === undefined ? [] : [[/--[\w-]+/.exec(entry)?.[0], value]]
    })
    expect(defaults.length).toBeGreaterThan(0)
    const told = rows('### Options of `scan`').map(([name = '', value = '']) => [
      /--[\w-]+/.exec(name)?.[0],
      plain(value),
    ])
    expect(told).toEqual(expect.arrayContaining(defaults))
  })

  it('lists the exit codes that --help lists, in the same order', () => {
    const codes = [...help.matchAll(/^ {2}(\d+(?:, \d+)*) {2,}/gm)].flatMap(([, words = '']) => words.split(', '))
    expect(codes.length).toBeGreaterThan(0)
    expect(firstCells('### Exit codes').map(plain)).toEqual(codes)
  })

  it('lists every finding and every verdict', () => {
    const words = [...readme.matchAll(/^\| \[`([\w-]+)`\]/gm)].map(([, word]) => word)
    expect(words.sort()).toEqual([...FINDING_CODES, ...TAG_VERDICTS].sort())
  })

  it('shows what `npm start` prints, which exits with 0', async () => {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(read('package.json'))
    const args = /^node dist\/bin\.js (.*)$/.exec(scripts['start'] ?? '')?.[1]?.split(' ') ?? []
    const ran = await regfsck([...args, '--recheck-delay', '0'], { cwd: ROOT })
    expect(ran.code).toBe(0)
    expect(/```text\n(.*?)```/s.exec(readme)?.[1]).toBe(ran.stdout)
  })
})

describe('every link in', () => {
  const pages = [
    ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'bench/README.md', 'k8s/helm/regfsck/README.md'],
    ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ]

  it.each(pages)('%s leads somewhere', (page) => {
    const links = [...read(page).matchAll(/\]\(([^)#\s]+)/g)].map(([, link = '']) => link)
    const local = links.filter((link) => !/^[a-z]+:/.test(link))
    expect(local.filter((link) => !existsSync(join(ROOT, dirname(page), link)))).toEqual([])
  })
})

describe('docs/decisions', () => {
  it('tells of every dependency why it is there', () => {
    const { dependencies = {}, devDependencies = {} } = JSON.parse(read('package.json'))
    const pages = readdirSync(join(ROOT, 'docs/decisions')).map((name) => read(`docs/decisions/${name}`))
    const names = Object.keys({ ...dependencies, ...devDependencies })
    expect(names.filter((name) => !pages.some((page) => page.includes(`\`${name}\``)))).toEqual([])
  })

  it('lists its pages', () => {
    const pages = readdirSync(join(ROOT, 'docs/decisions')).filter((name) => name !== 'README.md')
    const links = [...read('docs/decisions/README.md').matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link)
    expect(links).toEqual(pages.sort())
  })
})

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8')
}

/** The cells of the first table below a heading, without its head. */
function rows(heading: string): string[][] {
  const [, section = ''] = readme.split(`\n${heading}\n`)
  const lines = section.split('\n')
  const start = lines.findIndex((line) => line.startsWith('|'))
  const end = lines.findIndex((line, n) => n > start && !line.startsWith('|'))
  return lines
    .slice(start + 2, end)
    .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | *\|$/g, '').trim()))
}

function firstCells(heading: string): string[] {
  return rows(heading).map(([first = '']) => first)
}

function plain(cell: string): string {
  return cell.replaceAll('`', '')
}
