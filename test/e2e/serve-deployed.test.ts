import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { image, index } from '../support/builders/images.ts'
import { push } from '../support/builders/push.ts'
import { storagePaths } from '../support/builders/storage-paths.ts'
import { regfsck } from '../support/command/run.ts'
import { type Serving, serving } from '../support/command/serve.ts'
import { scratch } from '../support/scratch.ts'
import { type RunningRegistry, startRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'

const root = join(scratch(), 'registry')
const whole = index([image('amd64', { platform: 'linux/amd64' })])
const broken = image('broken')
const lost = broken.layers[0]?.descriptor.digest ?? ''

interface Listed {
  readonly references: readonly { readonly references: string; readonly state: string; readonly complete: boolean }[]
}

describeWithServers(['docker-registry'], 'regfsck serve: what is deployed', () => {
  let registry: RunningRegistry
  let server: Serving
  const files = scratch()
  const config = join(files, 'regfsck.yaml')

  beforeAll(async () => {
    registry = await startRegistry({ root })
    const { host, url } = registry
    await push({ url, repository: 'team/app' }, whole, 'whole')
    await push({ url, repository: 'team/app' }, broken, 'broken')
    rmSync(storagePaths(root).data(lost))
    for (const stack of ['a', 'b']) mkdirSync(join(files, stack))
    writeFileSync(
      join(files, 'a', 'compose.yaml'),
      `services:\n  web:\n    image: ${host}/team/app:whole@${whole.descriptor.digest}\n  db:\n    image: ${host}/team/app:broken\n`,
    )
    writeFileSync(join(files, 'b', 'compose.yaml'), `services:\n  web:\n    image: ${host}/team/app:whole\n`)
    writeFileSync(join(files, 'away.txt'), 'localhost:1/team/app:v1\n')
    const references = [
      { name: 'stacks', from: ['*/compose.yaml'] },
      { name: 'intact', from: ['b'], recursive: true },
      { name: 'away', from: ['away.txt'], 'from-type': 'list' },
      { name: 'nothing', from: ['nowhere/*.yaml'] },
    ]
    writeFileSync(config, JSON.stringify({ defaults: { 'recheck-delay': '0s', interval: '1h' }, references }))
    server = await serving(config)
    await server.until('scan.finished', 4)
  })

  afterAll(async () => {
    await server.end()
    await registry.stop()
  })

  it('says for each set how it is', async () => {
    const { references } = JSON.parse(await server.get('/api/v1/deployed')) as Listed
    expect(references.map(({ references: name, state, complete }) => [name, state, complete])).toEqual([
      ['stacks', 'damaged', true],
      ['intact', 'clean', true],
      // A registry that cannot be asked is never good news.
      ['away', 'incomplete', false],
      ['nothing', 'unreadable', false],
    ])
  })

  it('says what each workload needs, with file and line', async () => {
    const { workloads } = JSON.parse(await server.get('/api/v1/deployed/stacks')) as {
      workloads: { workload: string; file: string; state: string; images: { findings: { code: string }[] }[] }[]
    }
    expect(workloads.map(({ workload, file, state }) => [workload, file, state])).toEqual([
      ['service db', join(files, 'a', 'compose.yaml'), 'broken'],
      ['service web', join(files, 'a', 'compose.yaml'), 'whole'],
      ['service web', join(files, 'b', 'compose.yaml'), 'whole'],
    ])
    expect(workloads[0]?.images[0]?.findings.map(({ code }) => code)).toEqual(['image-unpullable', 'image-unpinned'])
  })

  it('has a page of each set, and a section of the start page', async () => {
    const start = await server.get('/')
    expect(start).toContain('Deployed images')
    expect(start).toContain('href="/deployed/stacks"')
    const page = await server.get('/deployed/stacks')
    expect(page).toContain('1 of 3 workloads cannot be started again with what the registries have.')
    expect(page).toContain(`${join(files, 'a', 'compose.yaml')}:5: service db`)
    expect(await server.get('/deployed/stacks?q=nothing-like-it')).toContain('0 workloads of 3 match')
    expect((await fetch(`${server.url}/deployed/other`)).status).toBe(404)
  })

  it('counts them, and says nothing good of what was not checked', async () => {
    const value = (family: string, name: string, labels = ''): Promise<number | undefined> =>
      server.series(`deployed_${family}{references="${name}"${labels}}`)
    expect(await value('findings', 'stacks', ',reason="image-unpullable"')).toBe(1)
    expect(await value('findings', 'intact', ',reason="image-unpullable"')).toBe(0)
    expect(await value('findings', 'away', ',reason="image-unpullable"')).toBeUndefined()
    expect(await value('run_success', 'stacks')).toBe(1)
    expect(await value('run_success', 'away')).toBe(0)
    expect(await value('run_success', 'nothing')).toBe(0)
    expect(await value('last_success_timestamp_seconds', 'away')).toBeUndefined()
    expect(await value('run_interval_seconds', 'away')).toBe(3600)
    const worst = `,workload="service db",file="${join(files, 'a', 'compose.yaml')}"`
    expect(await value('workload_failures', 'stacks', worst)).toBe(1)
    expect(await value('failing_workloads', 'intact')).toBe(0)
  })

  it('refuses entries that could not be checked, each with its line', async () => {
    const file = join(files, 'wrong.yaml')
    const entries = [
      'references:',
      '  - name: one',
      '    from: ["-"]',
      '  - name: one',
      '    from: [a]',
      '    platform: nothing/at/all/like/it',
      '  - name: three',
      '    form: [a]',
    ]
    writeFileSync(file, `${entries.slice(0, 6).join('\n')}\n`)
    const ran = await regfsck(['config', 'check', file])
    expect(ran.code).toBe(2)
    expect(ran.stderr).toContain('wrong.yaml:3: references[0].from: standard input cannot be read again and again')
    expect(ran.stderr).toContain('wrong.yaml:4: references[1].name: other references have the name "one"')
    expect(ran.stderr).toContain('references[1].platform')
    writeFileSync(file, `${entries.join('\n')}\n`)
    expect((await regfsck(['config', 'check', file])).stderr).toContain(
      'wrong.yaml:8: references[2].form: unknown key; did you mean from?',
    )
  })
})
