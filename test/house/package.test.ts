import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { publint } from 'publint'
import { beforeAll, describe, expect, it } from 'vitest'
import { fixture } from '../support/fixtures.ts'
import { BECAUSE_CODES, FINDING_CODES, TAG_VERDICTS } from '../support/report-words.ts'
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

  it('tells its version', async () => {
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
    const told = [...stdout.matchAll(/^ {2}(\S+) {2,}\S/gm)].map(([, word]) => word)
    const alerts = readdirSync(join(ROOT, 'docs/runbooks')).map((page) => page.replace(/\.md$/, ''))
    expect(told.sort()).toEqual([...FINDING_CODES, ...TAG_VERDICTS, ...BECAUSE_CODES, ...alerts].sort())
  })

  it('holds what runs and what is read, no source, no test, no fixture', () => {
    const tops = new Set(filesIn(installed).map((file) => file.split('/').slice(0, 2).join('/')))
    const rooms = readdirSync(join(ROOT, 'src')).map((room) => `dist/${room.replace('.ts', '.js')}`)
    const pages = ['docs/findings', 'docs/report.schema.json', 'docs/runbooks', 'docs/unchecked', 'docs/verdicts']
    const papers = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json']
    expect([...tops].filter((file) => !file.endsWith('.d.ts')).sort()).toEqual([...rooms, ...pages, ...papers].sort())
    expect(filesIn(installed).filter((file) => /\.(?:test\.|map$|tsbuildinfo$)|[^d]\.ts$/.test(file))).toEqual([])
  })

  it('tells nothing of the machine it was made on', () => {
    const here = [ROOT.replace(/\/$/, ''), homedir()].filter((path) => path.length > 1)
    const telling = filesIn(installed).filter((file) => {
      const text = readFileSync(join(installed, file), 'utf8')
      return here.some((path) => text.includes(`${path}/`))
    })
    expect(telling).toEqual([])
  })

  it('is as package tools want it', async () => {
    const { messages } = await publint({ pkgDir: installed, strict: true, pack: false })
    expect(messages).toEqual([])
  })

  it('brings nothing that only its makers need', () => {
    const { dependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
    const code = filesIn(join(installed, 'dist')).map((file) => readFileSync(join(installed, 'dist', file), 'utf8'))
    const imported = code.flatMap((text) =>
      [...text.matchAll(/\b(?:from|import\(?)\s*['"]((?:@[\w.-]+\/)?[\w.-]+)/g)].map(([, name = '']) => name),
    )
    const packages = [...new Set(imported)].filter((name) => !name.startsWith('.') && name !== 'node')
    // @commander-js/extra-typings is commander with better types, and asks for it.
    expect(Object.keys(dependencies).sort()).toEqual([...packages, 'commander'].sort())
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
