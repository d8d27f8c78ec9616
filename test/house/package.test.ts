import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { publint } from 'publint'
import { beforeAll, describe, expect, it } from 'vitest'
import { FINDING_CODES } from '../../src/check/findings/catalogue.ts'
import { BECAUSE_CODES, TAG_VERDICTS } from '../../tools/report-words.ts'
import { fixture } from '../support/builders/fixtures.ts'
import { scratch } from '../support/scratch.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const run = promisify(execFile)

describe('the package, installed elsewhere', () => {
  const elsewhere = scratch()
  const installed = join(elsewhere, 'node_modules', 'regfsck')

  beforeAll(async () => {
    // Without scripts: they would build again under the feet of the tests beside this one.
    await npm(['pack', '--ignore-scripts', '--pack-destination', elsewhere], ROOT)
    const [tarball = ''] = readdirSync(elsewhere)
    writeFileSync(join(elsewhere, 'package.json'), '{ "private": true }')
    await npm(['install', '--prefer-offline', '--no-audit', '--no-fund', join(elsewhere, tarball)], elsewhere)
  })

  it('prints its version', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    expect(await regfsck('--version')).toEqual({ code: 0, stdout: `${version}\n` })
  })

  it('scans: what is whole, and what is not', async () => {
    const whole = await regfsck('scan', fixture('lawful-nested-index'))
    expect(whole).toMatchObject({ code: 0, stdout: expect.stringContaining('CLEAN') })
    const broken = await regfsck('scan', '--recheck-delay', '0', fixture('layer-blob-missing'))
    expect(broken).toMatchObject({ code: 1, stdout: expect.stringContaining('layer-missing (blob-missing)') })
  })

  it.each(['layer-missing', 'unpullable', 'STORE_DENIED'])('explains %s', async (code) => {
    expect(await regfsck('explain', code)).toMatchObject({ code: 0, stdout: expect.stringMatching(`^# ${code}\n`) })
  })

  it('has a page for every word', async () => {
    const { stdout } = await regfsck('explain')
    const listed = [...stdout.matchAll(/^ {2}(\S+) {2,}\S/gm)].map(([, word]) => word)
    const alerts = readdirSync(join(ROOT, 'docs/runbooks')).map((page) => page.replace(/\.md$/, ''))
    expect(listed.sort()).toEqual([...FINDING_CODES, ...TAG_VERDICTS, ...BECAUSE_CODES, ...alerts].sort())
  })

  it('holds what runs and what is read, no source, no test, no fixture', () => {
    const tops = new Set(filesIn(installed).map((file) => file.split('/').slice(0, 2).join('/')))
    const built = ['bin.js', 'bin.js.map', 'cli', 'package.json', 'parts', 'sources', 'THIRD-PARTY-NOTICES.txt']
    const rooms = built.map((name) => `dist/${name}`)
    const rest = ['docs/report.schema.json', 'docs/runbooks', 'docs/unchecked', 'docs/verdicts']
    const pages = ['docs/findings', 'docs/gc-preview.schema.json', ...rest]
    const papers = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json']
    expect([...tops].sort()).toEqual([...rooms, ...pages, ...papers].sort())
    expect(filesIn(installed).filter((file) => /\.(?:test\.|tsbuildinfo$)|\.ts$/.test(file))).toEqual([])
    const files = new Set(filesIn(join(installed, 'dist')))
    expect([...files].filter((file) => file.endsWith('.js') && !files.has(`${file}.map`))).toEqual([])
    const maps = [...files].filter((file) => file.endsWith('.map')).map((file) => join(installed, 'dist', file))
    const sources = maps.flatMap((file) => JSON.parse(readFileSync(file, 'utf8')).sources)
    expect(sources).toContain('../../../src/sources/storage/worker.ts')
    expect(sources.filter((source) => !/^(?:\.\.\/)+src\/[\w/-]+\.ts$/.test(source))).toEqual([])
    expect(maps.filter((file) => readFileSync(file, 'utf8').includes('sourcesContent'))).toEqual([])
  })

  it('has no path of the machine it was made on', () => {
    const here = [ROOT.replace(/\/$/, ''), homedir()].filter((path) => path.length > 1)
    const matching = filesIn(installed).filter((file) => {
      const text = readFileSync(join(installed, file), 'utf8')
      return here.some((path) => text.includes(`${path}/`))
    })
    expect(matching).toEqual([])
  })

  it('is as package tools want it', async () => {
    const { messages } = await publint({ pkgDir: installed, strict: true, pack: false })
    expect(messages).toEqual([])
  })

  it('needs no other package: all that it runs is in it, or in Node', () => {
    expect(readdirSync(join(elsewhere, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['regfsck'])
    const code = filesIn(join(installed, 'dist')).filter((file) => file.endsWith('.js'))
    const required = code.flatMap((file) =>
      [...readFileSync(join(installed, 'dist', file), 'utf8').matchAll(/\brequire\("([^".][^"]*)"\)/g)].map(
        ([, name = '']) => name,
      ),
    )
    expect(required).toContain('node:worker_threads')
    expect([...new Set(required)].filter((name) => !isBuiltin(name))).toEqual([])
  })

  it('comes with the licence of every package that is in it', () => {
    const notices = readFileSync(join(installed, 'dist/THIRD-PARTY-NOTICES.txt'), 'utf8')
    const headings = [...notices.matchAll(/^-{80}\n(\S+) \S+ \((.+)\)$/gm)].map(([, name = '']) => name)
    const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    const imported = filesIn(join(ROOT, 'src'))
      .filter((file) => /(?<!\.d)\.ts$/.test(file))
      .flatMap((file) => [...readFileSync(join(ROOT, 'src', file), 'utf8').matchAll(/(?:from |import\()'([^'.]+)/g)])
      .map(([, name = '']) => /^(?:@[\w.-]+\/)?[\w.-]+/.exec(name)?.[0] ?? '')
      .filter((name) => name in devDependencies)
    expect(imported).toEqual(expect.arrayContaining(['undici', 'cacache', 'hono', 'zod']))
    expect(headings).toEqual(expect.arrayContaining([...new Set(imported)]))
    // Packages of packages too.
    expect(headings).toEqual(expect.arrayContaining(['minipass', 'tdigest', 'yocto-queue']))
    expect(notices.match(/copyright/gi)?.length).toBeGreaterThanOrEqual(headings.length)
  })

  async function regfsck(...args: string[]): Promise<{ readonly code: unknown; readonly stdout: string }> {
    try {
      const { stdout } = await run('npx', ['--no-install', 'regfsck', ...args], { cwd: elsewhere, env: bareEnv() })
      return { code: 0, stdout }
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && 'stdout' in error)) throw error
      return { code: error.code, stdout: String(error.stdout) }
    }
  }
})

function npm(args: readonly string[], cwd: string): Promise<unknown> {
  return run('npm', args, { cwd, env: bareEnv() })
}

/** Tests run under npm, whose settings for this project must not leak into another directory. */
function bareEnv(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(?:npm_package_|npm_lifecycle_|REGFSCK_|NODE_ENV$|VITEST)/.test(name),
    ),
  )
}

function filesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
}
