import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fixture } from '../support/builders/fixtures.ts'
import { regfsck } from '../support/command/run.ts'
import { serving } from '../support/command/serve.ts'
import { scratch } from '../support/scratch.ts'
import { withRegistry } from '../support/servers/registry.ts'

/** What shows that a file holds a package: files of CommonJS are named in it, others are known by their words. */
const MARKS: Readonly<Record<string, string>> = {
  '@kubernetes/client-node': 'applyToHTTPSOptions',
  cacache: 'node_modules/cacache/',
  commander: 'node_modules/commander/',
  hono: 'HtmlEscapedCallbackPhase',
  pino: 'node_modules/pino/',
  'prom-client': 'node_modules/prom-client/',
  undici: 'node_modules/undici/',
  yaml: 'node_modules/yaml/',
  zod: 'ZodError',
}

const home = scratch()
const hook = join(home, 'loaded.cjs')
writeFileSync(
  hook,
  `const { appendFileSync } = require('node:fs')
const { prototype } = require('node:module')
const threads = require('node:worker_threads')
threads.Worker = class extends threads.Worker {
  constructor(...args) {
    super(...args)
    appendFileSync(process.env.LOADED, 'a thread\\n')
  }
}
const { _compile } = prototype
prototype._compile = function (text, file) {
  if (file.includes('/dist/')) appendFileSync(process.env.LOADED, file + '\\n')
  return _compile.call(this, text, file)
}`,
)

describe('a start loads only what is needed:', () => {
  it('--version, no package', async () => {
    expect(await loadedBy(['--version'])).toEqual([])
  })

  it('scan of storage, neither an HTTP client nor anything that writes pages, metrics or logs', async () => {
    const packages = await loadedBy(['scan', fixture('lawful-nested-index')])
    expect(packages).toEqual(['commander'])
  })

  it('check of an image, an HTTP client besides', async () => {
    const root = fixture('lawful-nested-index')
    await withRegistry({ root }, async ({ host }) => {
      const packages = await loadedBy(['check', `http://${host}/app:latest`])
      expect(packages).toEqual(['commander', 'undici'])
    })
  })

  it.each([
    ['metrics', ['scan', '--output=prometheus', fixture('lawful-nested-index')], ['prom-client']],
    ['a page', ['scan', '--output=html', fixture('lawful-nested-index')], ['hono']],
    ['a log', ['scan', '--log-level=info', fixture('lawful-nested-index')], ['pino']],
    ['the schema of the configuration', ['config', 'schema'], ['yaml', 'zod']],
  ])('%s, what writes it', async (_, args, names) => {
    const packages = await loadedBy(args)
    expect(packages).toEqual(['commander', ...names])
  })
})

describe('a server loads the client of Kubernetes', () => {
  const files = scratch()
  writeFileSync(join(files, 'images.txt'), 'localhost:1/app:v1\n')
  const cluster = { name: 'a', cluster: { server: 'http://localhost:1' } }
  const context = { name: 'a', context: { cluster: 'a', user: '' } }
  const kubeconfig = { clusters: [cluster], contexts: [context], users: [], 'current-context': 'a' }
  writeFileSync(join(files, 'kubeconfig'), JSON.stringify(kubeconfig))
  const configOf = (entry: object): string => {
    const file = join(files, 'regfsck.yaml')
    writeFileSync(file, JSON.stringify({ references: [{ name: 'a', ...entry }] }))
    return file
  }
  const CLUSTER = { kubernetes: { kubeconfig: 'kubeconfig' } }

  it.each([
    ['for a cluster', CLUSTER, true],
    ['not for files', { from: ['images.txt'], 'from-type': 'list' }, false],
  ])('%s', async (_, entry, isLoaded) => {
    const list = join(files, 'loaded')
    writeFileSync(list, '')
    const server = await serving(configOf(entry), { NODE_OPTIONS: `--require=${hook}`, LOADED: list })
    await server.until('scan.finished')
    await server.end()
    expect(packagesIn(readFileSync(list, 'utf8').split('\n')).includes('@kubernetes/client-node')).toBe(isLoaded)
  })

  it('not where its configuration is only checked', async () => {
    expect(await loadedBy(['config', 'check', configOf(CLUSTER)])).not.toContain('@kubernetes/client-node')
  })
})

describe('a thread starts', () => {
  it('before the code of a scan of storage is loaded, because that takes as long', async () => {
    const files = await filesLoadedBy(['scan', fixture('lawful-nested-index')])
    expect(files.filter((file) => file === 'a thread')).toHaveLength(1)
    const program = files.findIndex((file) => file.endsWith('cli/program.js'))
    expect(program).toBeGreaterThan(0)
    expect(files.indexOf('a thread')).toBeLessThan(program)
  })

  it.each([[['scan', '--help']], [['explain']], [['config', 'schema']]])('not for %j', async (args) => {
    expect(await filesLoadedBy(args)).not.toContain('a thread')
  })

  it('not for registries over the API', async () => {
    await withRegistry({ root: fixture('lawful-nested-index') }, async ({ host }) => {
      expect(await filesLoadedBy(['scan', `http://${host}`])).not.toContain('a thread')
      expect(await filesLoadedBy(['check', `http://${host}/app:latest`])).not.toContain('a thread')
    })
  })
})

async function loadedBy(args: readonly string[]): Promise<string[]> {
  return packagesIn(await filesLoadedBy(args))
}

function packagesIn(files: readonly string[]): string[] {
  const texts = [...new Set(files)].filter((file) => file.startsWith('/')).map((file) => readFileSync(file, 'utf8'))
  return Object.keys(MARKS).filter((name) => texts.some((text) => text.includes(MARKS[name] ?? name)))
}

/** Files in the order in which they were compiled, and where threads were made. */
async function filesLoadedBy(args: readonly string[]): Promise<string[]> {
  const list = join(home, 'loaded')
  writeFileSync(list, '')
  const ran = await regfsck(args, { env: { NODE_OPTIONS: `--require=${hook}`, LOADED: list } })
  expect(ran).toMatchObject({ code: 0 })
  return readFileSync(list, 'utf8').split('\n').slice(0, -1)
}
