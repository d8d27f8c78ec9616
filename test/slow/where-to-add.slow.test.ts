import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, it } from 'vitest'
import { scratch } from '../support/scratch.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const COPIED = [
  'src',
  'docs',
  'alerts',
  'fixtures',
  'tools',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'LICENSE',
]

/** A change to one file: its new text, from the text it has; a file that is new has none. */
type Edits = Readonly<Record<string, (text: string) => string>>

/** The files that "Where do I add" lists for something, in its order; `<…>` stands for a name. */
function listed(what: string): readonly string[] {
  const text = readFileSync(join(ROOT, 'docs/ARCHITECTURE.md'), 'utf8')
  const section = text.slice(text.indexOf('## Where do I add'))
  const item = new RegExp(`^- \\*\\*${what}\\*\\*(.*?)(?=\\n- \\*\\*|\\n\\n|\\n## )`, 'ms').exec(section)?.[1]
  const [files = ''] = (item ?? '').split('Then ')
  return [...files.matchAll(/`([\w./<>-]+\/[\w./<>-]+)`/g)].map(([, path = '']) => path)
}

let tree: string

beforeEach(() => {
  tree = scratch()
  for (const name of COPIED) cpSync(join(ROOT, name), join(tree, name), { recursive: true, verbatimSymlinks: true })
  symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'))
})

function apply(edits: Edits): void {
  for (const [name, edit] of Object.entries(edits)) {
    const path = join(tree, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, edit(textOf(path)))
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** Puts text before a place that is there once. */
function insertBefore(place: string, added: string): (text: string) => string {
  return (text) => {
    expect(text.split(place)).toHaveLength(2)
    return text.replace(place, () => `${added}${place}`)
  }
}

/** Builds the package. @returns what the compiler complains of */
function build(): string {
  const { stdout, stderr } = spawnSync('npm', ['run', '--silent', 'build'], { cwd: tree, encoding: 'utf8' })
  return stdout + stderr
}

function regfsck(...args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(process.execPath, ['dist/bin.js', ...args], { cwd: tree, encoding: 'utf8' })
  return stdout + stderr
}

/** The list, with a name in place of each `<…>`. */
function named(what: string, names: Readonly<Record<string, string>>): readonly string[] {
  return listed(what).map((path) => path.replace(/<(\w+)>/g, (_, name: string) => names[name] ?? name))
}

describe('the list of files to change', () => {
  it('for a source is complete', () => {
    const edits: Edits = {
      'src/sources/drivers/upper/driver.ts': () =>
        [
          "import { FilesystemDriver } from '../filesystem/driver.ts'",
          '',
          '/** Storage whose names are in upper case. */',
          'export class UpperDriver extends FilesystemDriver {}',
          '',
        ].join('\n'),
      'src/sources/storage/worker-data.ts': (text) =>
        `import { UpperDriver } from '../drivers/upper/driver.ts'\n${text}`
          .replace("'filesystem'\n", "'filesystem' | 'upper'\n")
          .replace('driversFor({ followSymlinks }', 'driversFor({ kind, followSymlinks }')
          .replace(
            'new FilesystemDriver(followSymlinks)',
            "kind === 'upper' ? new UpperDriver(followSymlinks) : new FilesystemDriver(followSymlinks)",
          ),
      'src/sources/storage/upper-source.ts': () =>
        [
          "import type { Source } from '../../check/source.ts'",
          "import { distributionSource } from '../distribution/source.ts'",
          "import type { FilesystemOptions } from './filesystem-source.ts'",
          "import { registryOf } from './locate/registry-at.ts'",
          "import { type DriverOptions, driversFor } from './worker-data.ts'",
          '',
          '/** A registry in such storage. */',
          'export async function upperSource(path: string, options: FilesystemOptions): Promise<Source> {',
          "  const driver: DriverOptions = { kind: 'upper', followSymlinks: options.followSymlinks }",
          '  const { registry, garbage, now, pool } = options',
          '  return distributionSource(registryOf(path), {',
          '    registry,',
          '    garbage,',
          '    now,',
          '    newDriver: driversFor(driver),',
          '    pool: (setting) => pool({ setting, driver }),',
          '    above: path,',
          '  })',
          '}',
          '',
        ].join('\n'),
      'src/cli/options/target.ts': (text) =>
        text
          .replace(
            "kind: 'api' }\n\n",
            "kind: 'api' }\n  | { readonly is: 'upper'; readonly path: string; readonly kind: 'distribution' }\n\n",
          )
          .replace(
            '  return URL_TARGET',
            "  if (text.startsWith('upper://')) return { is: 'upper', path: text.slice(8), kind: 'distribution' }\n  return URL_TARGET",
          ),
      'src/cli/scan/scan-command.ts': (text) =>
        `import { upperSource } from '../../sources/storage/upper-source.ts'\n${text}`.replace(
          '  for (const target of request.targets)\n',
          [
            '  for (const target of request.targets)',
            "    if (target.is === 'upper')",
            '      jobs.push({',
            "        info: { target: target.path, registry: 'upper', kind: 'distribution', pullThrough: false },",
            '        unlisted: [],',
            '        rulesFor: request.rulesFor(false),',
            '        open: () =>',
            '          upperSource(target.path, {',
            "            registry: 'upper',",
            '            followSymlinks: false,',
            '            garbage: false,',
            '            now: io.now,',
            '            pool: (data) => threadPool(data, request.threads),',
            '          }),',
            '      })',
            '    else',
            '',
          ].join('\n'),
        ),
    }
    expect(Object.keys(edits)).toEqual(named('a source', { name: 'upper' }))
    apply(edits)
    expect(build()).toBe('')
    const v2 = 'fixtures/child-deleted-by-gc-m/docker/registry/v2'
    const report = regfsck('scan', '--output', 'json', '--fail-on', 'never', `upper://${v2}`)
    const child = expect.objectContaining({ code: 'index-child-missing' })
    expect(JSON.parse(report)).toMatchObject({
      targets: [{ registry: 'upper', findings: expect.arrayContaining([child]) }],
    })
  })

  it('for a finding is complete', () => {
    const edits: Edits = {
      'src/check/findings/code.ts': insertBefore(
        "  'crash-debris': 'temporary-file'\n",
        "  'tag-lonely': 'no-friends'\n",
      ),
      'src/check/findings/codes/tag-lonely.ts': () =>
        [
          "import { adviceOnly } from '../../repair/remedy.ts'",
          "import type { FindingKind } from '../kind.ts'",
          '',
          '/** See `docs/findings/tag-lonely.md`. */',
          "export const tagLonely: FindingKind<'tag-lonely'> = {",
          "  causes: ['no-friends'],",
          "  severities: ['notice'],",
          "  thing: 'tag',",
          "  state: 'lonely',",
          "  message: () => 'The repository has no other tag.',",
          "  remedy: () => adviceOnly('none', 'Push another tag.'),",
          '}',
          '',
        ].join('\n'),
      'src/check/findings/catalogue.ts': (text) =>
        insertBefore(
          "  'crash-debris': crashDebris,\n",
          "  'tag-lonely': tagLonely,\n",
        )(`import { tagLonely } from './codes/tag-lonely.ts'\n${text}`),
      'docs/findings/tag-lonely.md': () => '# tag-lonely\n\nThe repository has no other tag.\n',
      'fixtures/catalogue.ts': (text) => text,
    }
    expect(Object.keys(edits)).toEqual(named('a finding', { code: 'tag-lonely' }))
    apply({ 'src/check/findings/code.ts': edits['src/check/findings/code.ts'] ?? String })
    expect(build()).toContain('src/check/findings/catalogue.ts')
    const { 'src/check/findings/code.ts': _, ...rest } = edits
    apply(rest)
    expect(build()).toBe('')
    expect(regfsck('explain', 'tag-lonely')).toContain('The repository has no other tag.')
  })

  it('for an output is complete', () => {
    const edits: Edits = {
      'src/config/options/output.ts': (text) =>
        text.replace("words: ['table', 'json', 'ndjson',", "words: ['table', 'json', 'ndjson', 'codes',"),
      'src/report/codes.ts': () =>
        [
          "import type { Report, Write } from './report.ts'",
          '',
          '/** The codes of findings, one a line. */',
          'export function codesReport(write: Write): Report {',
          '  return {',
          '    take(event) {',
          "      if (event.type === 'finding') write(event.finding.code + String.fromCharCode(10))",
          '    },',
          '    end() {},',
          '  }',
          '}',
          '',
        ].join('\n'),
      'src/cli/run/outputs.ts': insertBefore(
        "    case 'junit':\n",
        "    case 'codes':\n      return (await import('../../report/codes.ts')).codesReport(write)\n",
      ),
    }
    expect(Object.keys(edits)).toEqual(named('an output', { format: 'codes' }))
    apply(edits)
    expect(build()).toBe('')
    expect(regfsck('scan', '--output', 'codes', '--fail-on', 'never', 'fixtures/child-deleted-by-gc-m')).toContain(
      'index-child-missing\n',
    )
  })

  it('for an option is complete', () => {
    const edits: Edits = {
      'src/config/options/general.ts': (text) =>
        text.replace(
          /( = \{\n|: OptionTable = \{\n|^export const GENERAL[^{]*\{\n)/m,
          "$1  'be-polite': { is: 'switch', help: 'say please', commands: ['scan'] },\n",
        ),
    }
    expect(Object.keys(edits)).toEqual(named('an option', { group: 'general' }))
    apply(edits)
    expect(build()).toBe('')
    expect(regfsck('scan', '--help')).toMatch(/--be-polite\s+say please/)
    expect(regfsck('completion', 'bash')).toContain('--be-polite')
    expect(regfsck('scan', '--be-polite', '--fail-on', 'never', 'fixtures/child-deleted-by-gc-m')).toContain('DAMAGED')
  })

  it('for a command is complete', () => {
    const edits: Edits = {
      'src/config/options/entry.ts': (text) => text.replace("| 'scan'", "| 'scan'\n  | 'greet'"),
      'src/cli/greet/greet-command.ts': () =>
        [
          "import type { ExitCode } from '../process/exit-code.ts'",
          "import type { Io } from '../process/io.ts'",
          '',
          '/** Greets. */',
          'export function greetCommand(io: Io): ExitCode {',
          "  io.stdout.write('hello\\n')",
          '  return 0',
          '}',
          '',
        ].join('\n'),
      'src/cli/program.ts': insertBefore(
        '  addExplain(program, io, done)\n  addCompletion(',
        [
          "  program.command('greet').action(async () => {",
          "    const { greetCommand } = await import('./greet/greet-command.ts')",
          '    done(greetCommand(io))',
          '  })',
          '',
        ].join('\n'),
      ),
    }
    expect(Object.keys(edits)).toEqual(named('a command', { command: 'greet' }))
    apply(edits)
    expect(build()).toBe('')
    expect(regfsck('greet')).toBe('hello\n')
    expect(regfsck('--help')).toContain('greet')
    expect(regfsck('completion', 'bash')).toContain('greet')
  })

  it('for an alert is complete', () => {
    const edits: Edits = {
      'alerts/registry-integrity.rules.yaml': (text) =>
        text.replace(
          '    rules:\n',
          [
            '    rules:',
            '      - alert: RegistryTooQuiet',
            '        expr: vector(1) > 2',
            '        labels:',
            '          severity: warning',
            '        annotations:',
            '          summary: It is quiet.',
            '          description: Nothing happens.',
            '',
          ].join('\n'),
        ),
      'docs/runbooks/RegistryTooQuiet.md': () => '# RegistryTooQuiet\n\nListen.\n',
      'alerts/tests/RegistryTooQuiet.yaml': () => 'rule_files: [../registry-integrity.rules.yaml]\ntests: []\n',
    }
    expect(Object.keys(edits)).toEqual(named('an alert', { Alert: 'RegistryTooQuiet' }))
    apply(edits)
    spawnSync('node_modules/.bin/tsx', ['alerts/make.ts'], { cwd: tree })
    expect(build()).toBe('')
    expect(textOf(join(tree, 'alerts/prometheusrule.yaml'))).toContain('alert: RegistryTooQuiet')
    expect(regfsck('explain', 'RegistryTooQuiet')).toContain('Listen.')
  })
})
