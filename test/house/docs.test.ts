import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { FINDING_CODES, FINDINGS } from '../../src/check/findings/catalogue.ts'
import { BECAUSE_CODES, TAG_VERDICTS } from '../../tools/report-words.ts'
import { regfsck } from '../support/command/run.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const readme = read('README.md')
/** The overview of a folder; every other page in it is named after a code. */
const OVERVIEW = 'README.md'

describe('docs has a page, and no page too many, for', () => {
  it.each([
    ['findings', FINDING_CODES],
    ['verdicts', TAG_VERDICTS],
    ['unchecked', BECAUSE_CODES],
  ])('%s', (room, words) => {
    const pages = readdirSync(join(ROOT, 'docs', room)).filter((name) => name !== OVERVIEW)
    expect(pages.sort()).toEqual(words.map((word) => `${word}.md`).sort())
  })
})

describe('the page of', () => {
  it.each(FINDING_CODES)('%s has it as its title, and describes each cause', (code) => {
    const page = read(`docs/findings/${code}.md`)
    expect(page.startsWith(`# ${code}\n`)).toBe(true)
    expect(FINDINGS[code].causes.filter((cause) => !page.includes(`\`${cause}\``))).toEqual([])
  })

  it.each([...TAG_VERDICTS, ...BECAUSE_CODES])('%s is headed by it', (word) => {
    const room = existsSync(join(ROOT, `docs/verdicts/${word}.md`)) ? 'verdicts' : 'unchecked'
    expect(read(`docs/${room}/${word}.md`).startsWith(`# ${word}\n`)).toBe(true)
  })
})

describe('README', () => {
  it('has at most 900 words, code and tables included', () => {
    expect(readme.split(/\s+/).length).toBeLessThanOrEqual(900)
  })

  it('has the command that runs every test', () => {
    expect(readme).toContain('```sh\nnpm ci && npm test\n```')
  })

  it('leads to every page that the overview of the documentation leads to, by way of it', () => {
    expect(linksIn(readme)).toContain('docs/README.md')
    const pages = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md') && name !== OVERVIEW)
    expect(linksIn(read('docs/README.md'))).toEqual(expect.arrayContaining(pages))
  })

  it('shows what `npm start` prints, which exits with 0', async () => {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(read('package.json'))
    const args = /^node dist\/bin\.js (.*)$/.exec(scripts['start'] ?? '')?.[1]?.split(' ') ?? []
    const ran = await regfsck([...args, '--recheck-delay', '0'], { cwd: ROOT })
    expect(ran.code).toBe(0)
    expect(/```text\n(.*?)```/s.exec(readme)?.[1]).toBe(ran.stdout)
  })
})

describe('docs/scan.md', () => {
  const page = read('docs/scan.md')
  let help: string

  beforeAll(async () => {
    help = (await regfsck(['scan', '--help'])).stdout
  })

  it('names the options of scan, each and no other', () => {
    const options = [...help.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, name]) => name)
    expect(options.length).toBeGreaterThan(10)
    const listed = firstCells(page, '## Options of `scan`').map((cell) => /^`(--[\w-]+)/.exec(cell)?.[1])
    expect(listed).toEqual(options.filter((name) => name !== '--help'))
  })

  it('has their defaults', () => {
    const entries = help.split(/^ {2}(?=-)/m).slice(1)
    const defaults = entries.flatMap((entry) => {
      const [, value] = /\(default:\s+"([^"]+)"/.exec(entry) ?? []
      return value === undefined ? [] : [[/--[\w-]+/.exec(entry)?.[0], value]]
    })
    expect(defaults.length).toBeGreaterThan(0)
    const listed = rows(page, '## Options of `scan`').map(([name = '', value = '']) => [
      /--[\w-]+/.exec(name)?.[0],
      plain(value),
    ])
    expect(listed).toEqual(expect.arrayContaining(defaults))
  })

  it.each([
    ['README.md', '## Exit codes'],
    ['docs/scan.md', '## Exit codes'],
  ])('and %s list the exit codes that --help lists, in the same order', (file, heading) => {
    const codes = [...help.matchAll(/^ {2}(\d+(?:, \d+)*) {2,}/gm)].flatMap(([, words = '']) => words.split(', '))
    expect(codes.length).toBeGreaterThan(0)
    expect(firstCells(read(file), heading).flatMap((cell) => plain(cell).split(', '))).toEqual(codes)
  })

  it('lists the formats of reports that --help lists', () => {
    const [, words = ''] = /--output <format\[=file\]> +([^;]+);/s.exec(help) ?? []
    expect(firstCells(page, '## Reports').map(plain)).toEqual(words.split(/,\s+|\s+or\s+/))
  })
})

describe('docs/findings/README.md', () => {
  it('lists every finding and every verdict', () => {
    const words = [...read('docs/findings/README.md').matchAll(/^\| \[`([\w-]+)`\]/gm)].map(([, word]) => word)
    expect(words.sort()).toEqual([...FINDING_CODES, ...TAG_VERDICTS].sort())
  })
})

describe('CHANGELOG', () => {
  it('says nothing twice', () => {
    const entries = read('CHANGELOG.md').split(/^- /m).slice(1)
    expect(entries.length).toBeGreaterThan(10)
    const firstSentences = entries.map((entry) => entry.replace(/\s+/g, ' ').split('. ')[0])
    expect(firstSentences.filter((sentence, n) => firstSentences.indexOf(sentence) !== n)).toEqual([])
  })

  it('names every command and every option of scan and check', async () => {
    const helps = await Promise.all([['--help'], ['scan', '--help'], ['check', '--help']].map((args) => regfsck(args)))
    const [program = '', ...commands] = helps.map(({ stdout }) => stdout)
    const names = [
      ...[...program.matchAll(/^ {2}([a-z]+)[ <[]/gm)].map(([, name = '']) => `regfsck ${name}`),
      ...commands.flatMap((help) => [...help.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, name = '']) => name)),
    ]
    const changes = read('CHANGELOG.md')
    const ofEveryProgram = ['regfsck help', '--help']
    const isNamed = (name: string): boolean => new RegExp(`\`[^\`]*${name}(?![\\w-])`).test(changes)
    expect(names.filter((name) => !ofEveryProgram.includes(name) && !isNamed(name))).toEqual([])
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
    const local = linksIn(read(page))
    expect(local.filter((link) => !existsSync(join(ROOT, dirname(page), link)))).toEqual([])
  })

  it.each(pages)('%s that names a heading leads to one', (page) => {
    const links = [...read(page).matchAll(/\]\(([^)#\s:]*)#([^)\s]+)\)/g)]
    const lost = links.filter(([, file = '', heading = '']) => {
      const text = read(file === '' ? page : join(dirname(page), file))
      return !headingsOf(text).includes(heading)
    })
    expect(lost.map(([link]) => link)).toEqual([])
  })
})

describe('docs/decisions', () => {
  it('says of every dependency why it is there', () => {
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

/** The files that a page links in this repository, without the heading. */
function linksIn(text: string): string[] {
  const links = [...text.matchAll(/\]\(([^)#\s]+)/g)].map(([, link = '']) => link)
  return links.filter((link) => !/^[a-z]+:/.test(link))
}

/** The headings of a page, as GitHub and Gitea name them in links. */
function headingsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

/** The cells of the first table below a heading, without its head. */
function rows(page: string, heading: string): string[][] {
  const [, section = ''] = page.split(`\n${heading}\n`)
  const lines = section.split('\n')
  const start = lines.findIndex((line) => line.startsWith('|'))
  const end = lines.findIndex((line, n) => n > start && !line.startsWith('|'))
  return lines
    .slice(start + 2, end)
    .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | *\|$/g, '').trim()))
}

function firstCells(page: string, heading: string): string[] {
  return rows(page, heading).map(([first = '']) => first)
}

function plain(cell: string): string {
  return cell.replaceAll('`', '')
}
