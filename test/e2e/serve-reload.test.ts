import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { regfsck } from '../support/command/run.ts'
import { type Serving, serving } from '../support/command/serve.ts'
import { scratch } from '../support/scratch.ts'

const BROKEN = fileURLToPath(new URL('../../fixtures/child-deleted-by-gc-m', import.meta.url))

const started: Serving[] = []
afterEach(() => {
  for (const { child } of started.splice(0)) child.kill('SIGKILL')
})

function write(file: string, config: object): string {
  writeFileSync(`${file}.new`, JSON.stringify(config))
  renameSync(`${file}.new`, file)
  return file
}

async function start(file: string, env: Record<string, string> = {}): Promise<Serving> {
  const server = await serving(file, env)
  started.push(server)
  return server
}

const ENTRY = { name: 'first', target: BROKEN, 'recheck-delay': '0s' }

describe('a reload', () => {
  it('of a file that was read in good faith and cannot be used does not end what runs', async () => {
    const file = write(join(scratch(), 'regfsck.yaml'), { registries: [ENTRY] })
    const server = await start(file)
    await server.until('scan.finished')
    write(file, { registries: [{ ...ENTRY, exclude: ['x'.repeat(70_000)] }] })
    server.child.kill('SIGHUP')
    await server.until('config.refused')
    expect(await server.series('config_last_reload_successful')).toBe(0)
    expect(await server.series('failures{registry="first",reason="index-child-missing"}')).toBe(3)
  })

  it('has the last file in force, however quickly they follow one another', async () => {
    const file = write(join(scratch(), 'regfsck.yaml'), { registries: [ENTRY] })
    const server = await start(file)
    const many = Array.from({ length: 200 }, (_, n) => ({ ...ENTRY, name: `r${n}`, interval: '1h' }))
    write(file, { registries: many })
    server.child.kill('SIGHUP')
    write(file, { registries: [{ ...ENTRY, name: 'last' }] })
    server.child.kill('SIGHUP')
    await server.until('config.reloaded')
    const names = async () =>
      JSON.parse(await server.get('/api/v1/registries')).registries.map(
        ({ registry }: { registry: string }) => registry,
      )
    await expect.poll(names, { timeout: 2000 }).toEqual(['last'])
  })

  it('says what it leaves as it was until there is a restart', async () => {
    const file = write(join(scratch(), 'regfsck.yaml'), { registries: [ENTRY] })
    const server = await start(file)
    write(file, { registries: [ENTRY], 'scans-at-once': 2, state: join(scratch(), 'known') })
    server.child.kill('SIGHUP')
    await server.until('config.restart-needed')
    expect(server.logged.find(({ event }) => event === 'config.restart-needed')).toMatchObject({
      changed: ['state', 'scansAtOnce'],
    })
  })

  it('leaves the links of alerts at the URL at which it goes on answering', async () => {
    const outside = (host: string) => ({ registries: [ENTRY], 'external-url': `https://${host}/ops` })
    const file = write(join(scratch(), 'regfsck.yaml'), outside('first.example'))
    const server = await start(file)
    const series = async (): Promise<readonly string[]> => {
      const lines = (await server.get('/metrics')).split('\n')
      return lines.filter((line) => line.startsWith('registry_integrity_links_info'))
    }
    const [before = ''] = await series()
    expect(before).toContain('report="https://first.example/ops/registries/')
    const runbooks = /runbooks="https:\/\/first\.example(.*?)"/.exec(before)?.[1]
    expect(await server.get(`${runbooks}/RegistryIntegrityConfigReloadFailed.md`)).toMatch(
      /^# RegistryIntegrityConfigReloadFailed\n/,
    )
    write(file, outside('second.example'))
    server.child.kill('SIGHUP')
    await server.until('config.restart-needed')
    expect(await series()).toEqual([before])
  })

  it('that is asked for while it starts does not end it', async () => {
    const file = write(join(scratch(), 'regfsck.yaml'), { registries: [ENTRY] })
    const signalsAtStart = `process.on('newListener',n=>n==='SIGTERM'&&process.argv[2]==='serve'&&process.kill(process.pid,'SIGHUP'))`
    const server = await start(file, {
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(signalsAtStart)}`,
    })
    await server.until('scan.finished')
    expect(await server.get('/healthz')).toBe('ok\n')
  })
})

describe('what the environment says', () => {
  it.each([
    { REGFSCK_CONFIG: 'regfsck.yaml' },
    { REGFSCK_SHARD: '0/2' },
    { REGFSCK_STATE: '/nonexistent/state.json' },
    { REGFSCK_PUSH: 'nonsense' },
    { REGFSCK_TEXTFILE: '/nonexistent' },
  ])('about what serve leaves alone changes nothing: %j', async (env) => {
    const directory = scratch()
    const file = write(join(directory, 'regfsck.yaml'), {
      defaults: { garbage: true },
      registries: [ENTRY, { name: 'second', target: 'http://127.0.0.1:1', garbage: false }],
    })
    const all = 'REGFSCK_CONFIG' in env ? { REGFSCK_CONFIG: file } : env
    const { code, stderr } = await regfsck(['config', 'check', file], { env: all })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })
})
