import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { scratch } from '../support/scratch.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** `oci <- check <- {sources, gc, references, report, state, metrics, config} <- serve <- cli <- bin`: whom a room may import, itself aside. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  oci: [],
  check: ['oci'],
  gc: ['oci', 'check'],
  'sources/distribution/driver.ts': ['oci', 'check'],
  'sources/distribution': ['oci', 'check', 'gc', 'sources/distribution/driver.ts'],
  'sources/drivers': ['oci', 'check', 'sources/distribution/driver.ts'],
  'sources/storage': [
    'oci',
    'check',
    'gc',
    'sources/distribution/driver.ts',
    'sources/distribution',
    'sources/drivers',
  ],
  'sources/api': ['oci', 'check'],
  'sources/kubernetes': ['oci', 'check'],
  references: ['oci', 'check'],
  report: ['oci', 'check', 'gc'],
  state: ['oci', 'check'],
  metrics: ['oci', 'check', 'gc'],
  config: [],
  serve: ['oci', 'check', 'report', 'state', 'metrics'],
  cli: [
    'oci',
    'check',
    'gc',
    'sources/storage',
    'sources/api',
    'sources/kubernetes',
    'references',
    'report',
    'state',
    'metrics',
    'config',
    'serve',
  ],
  'bin.ts': ['cli'],
}

const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.replaceAll('\\', '/'))

describe('every import in src', () => {
  it.each(Object.keys(MAY_IMPORT))('of %s leads where it may', (room) => {
    const imports = files.filter((file) => roomOf(file) === room).flatMap(importsOf)
    expect(imports.length).toBeGreaterThan(0)
    const allowed = [room, ...(MAY_IMPORT[room] ?? [])]
    expect(imports.filter(({ to }) => to !== undefined && !allowed.includes(to))).toEqual([])
  })

  it('is of a file in a room that has a rule', () => {
    expect(files.filter((file) => MAY_IMPORT[roomOf(file)] === undefined)).toEqual([])
  })

  it('of a source takes nothing from node:fs that could write', () => {
    const READING =
      /^(?:type \w+|constants|(?:access|open|opendir|close|read|readFile|readdir|stat|lstat|fstat)(?:Sync)?(?: as \w+)?)$/
    const sources = files.filter((file) => file.startsWith('sources/')).map(textOf)
    const clauses = sources.flatMap((text) => [...text.matchAll(/import ([^']*?) from 'node:fs(?:\/promises)?'/g)])
    const names = clauses.flatMap(([, clause = '']) => clause.replace(/^\{|,?\s*\}$/g, '').split(','))
    expect(names.length).toBeGreaterThan(0)
    expect(names.map((name) => name.trim()).filter((name) => !READING.test(name))).toEqual([])
  })

  it('leaves no time-out to the garbage collector', () => {
    expect(files.filter((file) => /AbortSignal\.(?:any|timeout)\(/.test(textOf(file)))).toEqual([])
  })

  it('leaves it to image-name.ts to join a repository and a tag or digest', () => {
    const joins = /(?:repository|\brepo|image)\b[^`\n]{0,10}\}[:@]\$\{/i
    expect(joins.test(['`$', '{repository ?? ""}:$', '{tag}`'].join(''))).toBe(true)
    expect(files.filter((file) => joins.test(textOf(file)))).toEqual([])
  })

  it('leaves it to bin.ts to end the process', () => {
    expect(files.filter((file) => textOf(file).includes('process.exit'))).toEqual(['bin.ts'])
  })
})

describe('the linter', () => {
  const TRESPASSES = [
    ...['../check/walk.ts', 'node:fs', 'node:http', 'undici'].map((to) => ({ from: 'oci', to })),
    ...[
      '../report/json.ts',
      '../sources/drivers/filesystem/driver.ts',
      '../cli/process/io.ts',
      'node:fs',
      'node:os',
      'picomatch',
    ].map((to) => ({ from: 'check', to })),
    ...['../report/json.ts', '../sources/distribution/driver.ts', 'node:fs', 'picomatch'].map((to) => ({
      from: 'gc',
      to,
    })),
    ...['../../report/json.ts', '../../cli/process/io.ts', '../storage/worker.ts', '../../bin.ts'].map((to) => ({
      from: 'sources/api',
      to,
    })),
    ...['../../report/json.ts', '../api/pages.ts', '../../references/needs.ts'].map((to) => ({
      from: 'sources/kubernetes',
      to,
    })),
    ...['../../report/json.ts', '../api/pages.ts', '../storage/worker.ts', '../drivers/filesystem/driver.ts'].map(
      (to) => ({
        from: 'sources/distribution',
        to,
      }),
    ),
    ...['../../api/pages.ts', '../../storage/worker.ts', '../../drivers/filesystem/driver.ts', 'node:fs'].map((to) => ({
      from: 'sources/distribution/proof',
      to,
    })),
    ...['../../distribution/layout.ts', '../../storage/worker.ts', '../../api/pages.ts'].map((to) => ({
      from: 'sources/drivers/filesystem',
      to,
    })),
    ...['../api/pages.ts', '../../cli/process/io.ts'].map((to) => ({ from: 'sources/storage', to })),
    ...['../../api/pages.ts', '../../../cli/process/io.ts'].map((to) => ({ from: 'sources/storage/locate', to })),
    ...['../sources/distribution/source.ts', '../cli/process/io.ts', 'node:fs', 'node:http'].map((to) => ({
      from: 'report',
      to,
    })),
    ...['../../sources/drivers/filesystem/driver.ts', '../../cli/process/io.ts', 'node:fs'].map((to) => ({
      from: 'report/html',
      to,
    })),
    ...['../../report/json.ts', '../../cli/process/io.ts', 'node:fs'].map((to) => ({ from: 'references/yaml', to })),
    ...['../report/json.ts', '../cli/process/io.ts'].map((to) => ({ from: 'state', to })),
    ...['../report/json.ts', '../cli/process/io.ts', '../state/history.ts'].map((to) => ({ from: 'metrics', to })),
    ...['../check/rules.ts', '../cli/process/io.ts'].map((to) => ({ from: 'config', to })),
    ...['../sources/distribution/source.ts', '../cli/process/io.ts', '../config/schema.ts'].map((to) => ({
      from: 'serve',
      to,
    })),
    { from: 'cli', to: '../bin.ts' },
    { from: 'cli/run', to: '../../bin.ts' },
  ]
  const ALLOWED = [
    ...['./digest.ts', 'node:crypto'].map((to) => ({ from: 'oci', to })),
    ...['./walk.ts', '../oci/digest.ts', 'node:crypto'].map((to) => ({ from: 'check', to })),
    ...['./inventory.ts', '../oci/digest.ts', '../check/ports.ts'].map((to) => ({ from: 'gc', to })),
    ...['./pages.ts', '../../oci/digest.ts', '../../check/walk.ts', 'node:fs'].map((to) => ({
      from: 'sources/api',
      to,
    })),
    ...['./layout.ts', './presence/homes.ts', '../../oci/digest.ts', '../../check/walk.ts'].map((to) => ({
      from: 'sources/distribution',
      to,
    })),
    ...['../layout.ts', '../presence/homes.ts', '../../../oci/digest.ts', '../../../check/walk.ts'].map((to) => ({
      from: 'sources/distribution/proof',
      to,
    })),
    ...['./entries.ts', '../../../check/store-error.ts', '../../distribution/driver.ts', 'node:fs'].map((to) => ({
      from: 'sources/drivers/filesystem',
      to,
    })),
    ...['./worker.ts', '../distribution/tasks.ts', '../drivers/filesystem/driver.ts', 'node:fs'].map((to) => ({
      from: 'sources/storage',
      to,
    })),
    ...['../worker.ts', '../../distribution/layout.ts', '../../drivers/filesystem/driver.ts'].map((to) => ({
      from: 'sources/storage/locate',
      to,
    })),
    ...['./json.ts', '../oci/digest.ts', '../check/events.ts', 'node:util'].map((to) => ({ from: 'report', to })),
    ...['./page.ts', '../json.ts', '../../oci/digest.ts', '../../check/events.ts', 'node:crypto', 'hono/html'].map(
      (to) => ({
        from: 'report/html',
        to,
      }),
    ),
    ...['./node.ts', '../lines.ts', '../../oci/reference.ts', 'yaml'].map((to) => ({ from: 'references/yaml', to })),
    ...['./memory.ts', '../check/events.ts', 'node:fs'].map((to) => ({ from: 'state', to })),
    ...['./samples.ts', '../check/events.ts', 'undici', 'prom-client'].map((to) => ({ from: 'metrics', to })),
    ...['./schema.ts', 'yaml', 'zod'].map((to) => ({ from: 'config', to })),
    ...['./plan.ts', '../report/json.ts', '../metrics/facts.ts', 'hono'].map((to) => ({ from: 'serve', to })),
    ...['./program.ts', '../report/json.ts', '../sources/distribution/source.ts', 'node:fs'].map((to) => ({
      from: 'cli',
      to,
    })),
  ]
  const tree = scratch()
  let said: ReadonlyMap<string, readonly string[]>

  beforeAll(() => {
    cpSync(join(ROOT, 'src'), join(tree, 'src'), { recursive: true })
    cpSync(join(ROOT, 'biome.json'), join(tree, 'biome.json'))
    symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'))
    for (const { from, to } of [...TRESPASSES, ...ALLOWED])
      write(tree, placeOf(from, to), `export { thing } from '${to}'\n`)
    write(tree, 'src/check/chicken.ts', "export { egg } from './egg.ts'\n")
    write(tree, 'src/check/egg.ts', "export { chicken as egg } from './chicken.ts'\n")
    write(tree, 'src/check/late.ts', "export const late = import('../report/json.ts')\n")
    write(tree, 'src/check/type.ts', "export type { Report } from '../report/json.ts'\n")
    said = lint(tree)
  })

  it.each(TRESPASSES)('refuses $to in $from', ({ from, to }) => {
    expect(said.get(placeOf(from, to))).toEqual(['noRestrictedImports'])
  })

  it.each(ALLOWED)('lets $from import $to', ({ from, to }) => {
    expect(said.get(placeOf(from, to))).toBeUndefined()
  })

  it('refuses types and late imports just so', () => {
    expect(said.get('src/check/late.ts')).toEqual(['noRestrictedImports'])
    expect(said.get('src/check/type.ts')).toEqual(['noRestrictedImports'])
  })

  it('refuses a circle', () => {
    expect(said.get('src/check/egg.ts')).toEqual(['noImportCycles'])
  })

  it('has nothing against the tree as it is', () => {
    expect(files.filter((file) => said.has(`src/${file}`))).toEqual([])
  })

  it('is set on every file of each room, and on no empty one', () => {
    const globs = rulesIn(readFileSync(join(ROOT, 'biome.json'), 'utf8'))
    const ruled = (file: string): boolean => globs.some((glob) => file.startsWith(glob.replace(/\*\*$/, '')))
    expect(files.filter((file) => !ruled(`src/${file}`))).toEqual(['bin.ts'])
    for (const glob of globs)
      expect(files.some((file) => `src/${file}`.startsWith(glob.replace(/\*\*$/, '')))).toBe(true)
  })
})

/** `sources/api/pages.ts` is in `sources/api`: each folder of `sources` is a room of its own, and so is the drivers' port. */
function roomOf(file: string): string {
  if (file === 'sources/distribution/driver.ts') return file
  const [first = '', second = ''] = file.split('/')
  return first === 'sources' ? `${first}/${second}` : first
}

function textOf(file: string): string {
  return readFileSync(join(ROOT, 'src', file), 'utf8')
}

interface Import {
  readonly file: string
  readonly specifier: string
  /** The room it leads to; `undefined` for a package. */
  readonly to: string | undefined
}

function importsOf(file: string): Import[] {
  const specifiers = [...textOf(file).matchAll(/\b(?:from|import\(?)\s*'([^']+)'/g)].map(([, name = '']) => name)
  return specifiers.map((specifier) => ({
    file,
    specifier,
    to: specifier.startsWith('.') ? roomOf(join(dirname(file), specifier)) : undefined,
  }))
}

function write(tree: string, file: string, text: string): void {
  mkdirSync(dirname(join(tree, file)), { recursive: true })
  writeFileSync(join(tree, file), text)
}

/** A file of its own for each case, so that one does not hide another. */
function placeOf(from: string, to: string): string {
  return `src/${from}/case-${Buffer.from(to).toString('hex')}.ts`
}

/** The rules that each file breaks. */
function lint(tree: string): ReadonlyMap<string, readonly string[]> {
  const biome = join(ROOT, 'node_modules', '.bin', 'biome')
  const flags = ['lint', '--vcs-enabled=false', '--max-diagnostics=none', '--reporter=json', 'src']
  const { stdout } = spawnSync(biome, flags, { cwd: tree, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  const report: { diagnostics: { category: string; location: { path: string } }[] } = JSON.parse(stdout)
  const broken = new Map<string, string[]>()
  for (const { category, location } of report.diagnostics)
    broken.set(location.path, [...(broken.get(location.path) ?? []), category.replace(/^.*\//, '')])
  return broken
}

/** Where `noRestrictedImports` is set. */
function rulesIn(config: string): readonly string[] {
  const { overrides }: { overrides: { includes: string[]; linter: { rules: { style?: object } } }[] } =
    JSON.parse(config)
  return overrides.flatMap(({ includes, linter }) =>
    linter.rules.style && 'noRestrictedImports' in linter.rules.style ? includes : [],
  )
}
