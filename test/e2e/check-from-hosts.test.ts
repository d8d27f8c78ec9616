import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { image, index } from '../support/builders/images.ts'
import { push } from '../support/builders/push.ts'
import { storagePaths } from '../support/builders/storage-paths.ts'
import { regfsck, reportIn } from '../support/command/run.ts'
import { regfsckIn } from '../support/command/run-in-directory.ts'
import { scratch } from '../support/scratch.ts'
import { ACCESS_LOG, requestsTo } from '../support/servers/access-log.ts'
import { type RunningRegistry, startRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'

const root = join(scratch(), 'registry')
const whole = index([image('amd64', { platform: 'linux/amd64' }), image('arm64', { platform: 'linux/arm64' })])
const broken = image('broken')
/** By the bcrypt that the reference server asks for. */
const HTPASSWD = 'me:$2y$05$abcdefghijklmnopqrstuuTvmw3qcMpAvEgQGhbFMhqjD3R/evDDW\n'
const PASSWORD = 'canary-password'

describeWithServers(['docker-registry'], 'the hosts of regfsck check --from', () => {
  let registry: RunningRegistry
  /** The same storage, behind a password. */
  let locked: RunningRegistry

  beforeAll(async () => {
    registry = await startRegistry({ root, config: ACCESS_LOG })
    const place = { url: registry.url, repository: 'team/app' }
    await push(place, whole, 'whole')
    await push(place, broken, 'broken')
    rmSync(storagePaths(root).data(broken.layers[0]?.descriptor.digest ?? ''))
    const htpasswd = join(scratch(), 'htpasswd')
    writeFileSync(htpasswd, HTPASSWD)
    locked = await startRegistry({ root, config: { auth: { htpasswd: { realm: 'test', path: htpasswd } } } })
  })

  afterAll(async () => {
    await registry.stop()
    await locked.stop()
  })

  async function check(text: string | readonly object[], ...args: readonly string[]) {
    const cwd = scratch()
    const list = typeof text === 'string' ? text : JSON.stringify({ apiVersion: 'v1', kind: 'List', items: text })
    writeFileSync(join(cwd, 'input'), list)
    const ran = await regfsckIn(cwd, ['check', '--recheck-delay=0', '--from=input', ...args], { HOME: cwd })
    expect(ran.stdout + ran.stderr).not.toMatch(/canary|Y2FuYXJ5/)
    return ran
  }

  const node = (name: string, arch: string): object => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/arch': arch, 'kubernetes.io/os': 'linux' } },
  })
  const pod = (image: string, spec: object = {}, namespace = 'shop'): object => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace },
    spec: { containers: [{ name: 'app', image }], ...spec },
  })

  it('checks for the platforms of the nodes with --platform auto, and reports the one that the image lacks', async () => {
    const image = `${registry.host}/team/app@${whole.descriptor.digest}`
    const nodes = [node('a', 'amd64'), node('b', 's390x')]
    const usual = await check([pod(image), ...nodes], '--output=json')
    expect(usual.code).toBe(0)
    const ran = await check([pod(image), ...nodes], '--platform=auto', '--output=json')
    expect(ran.code).toBe(1)
    const found = reportIn(ran).targets.flatMap(({ findings }) => findings)
    expect(found).toMatchObject([{ code: 'platform-missing', evidence: { platform: 'linux/s390x' } }])
    const fine = await check([pod(image, { nodeName: 'a' }), ...nodes], '--platform=auto')
    expect(fine.code).toBe(0)
  })

  it('is incomplete if the node of a pod is not described, and refuses documents without any node', async () => {
    const image = `${registry.host}/team/app:whole`
    const ran = await check([pod(image, { nodeName: 'c' }), node('a', 'amd64')], '--platform=auto')
    expect(ran.code).toBe(3)
    expect(ran.stderr).toContain('input:1:')
    expect(ran.stderr).toContain('the platform of its node c is not known')
    const none = await check([pod(image)], '--platform=auto')
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('kubectl get nodes -o json') })
    const alone = await regfsck(['check', '--platform=auto', image])
    expect(alone).toMatchObject({ code: 2, stderr: expect.stringContaining('--platform: auto only works with --from') })
  })

  it('checks the images of a host at a depth of its own, and says what that does not see', async () => {
    const image = `${registry.host}/team/app:broken`
    const deep = await check(`${image}\n`)
    expect(deep.code).toBe(1)
    const ran = await check(`${image}\n`, '--host-depth', `${registry.host}=graph`)
    expect(ran.code).toBe(0)
    expect(ran.stderr).toContain('layers not checked (depth graph)')
    const json = await check(`${image}\n`, '--host-depth', `${registry.host}=graph`, '--output=json')
    expect(reportIn(json).targets).toMatchObject([{ depth: 'graph' }, { depth: 'blobs' }])
    const other = await check(`${image}\n`, '--host-depth', 'docker.io=graph')
    expect(other).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--host-depth: no image is at registry-1.docker.io'),
    })
  })

  it.each([
    'docker.io',
    '=graph',
    'docker.io=deep',
    'docker.io/library=graph',
    'https://docker.io=graph',
    'name=graph',
    'a.b:99999=graph',
  ])('refuses --host-depth %s', async (text) => {
    const ran = await check('127.0.0.1:9/app:1\n', '--host-depth', text)
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('--host-depth: expected HOST') })
  })

  it('asks for 40 images as often as a check of those, however many references name them', async () => {
    const names = Array.from({ length: 40 }, (_, n) => `${registry.host}/team/app-${n}:1`)
    for (const [n] of names.entries())
      await push({ url: registry.url, repository: `team/app-${n}` }, image(`app-${n}`), '1')
    const asked = async (): Promise<number> => (await requestsTo(registry)).length
    const start = await asked()
    await regfsck(['check', ...names])
    const between = await asked()
    const ran = await check(Array.from({ length: 300 }, (_, n) => pod(names[n % 40] ?? '')))
    expect(ran).toMatchObject({ code: 0, stderr: expect.stringContaining('300 references to 40 images') })
    expect((await asked()) - between).toBeLessThanOrEqual((between - start) * 1.01)
  })

  const login = (key: string, password = PASSWORD): string =>
    JSON.stringify({ auths: { [key]: { auth: Buffer.from(`me:${password}`).toString('base64') } } })
  const secret = (content: string, name = 'login', namespace = 'shop'): object => ({
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/dockerconfigjson',
    metadata: { name, namespace },
    data: { '.dockerconfigjson': Buffer.from(content).toString('base64') },
  })
  const named = { imagePullSecrets: [{ name: 'login' }] }
  const locking = (): string => `${locked.host}/team/app@${whole.descriptor.digest}`

  it('uses the pull secrets of a pod only with --use-pull-secrets', async () => {
    const items = [pod(locking(), named), secret(login(locked.host))]
    expect((await check(items)).code).not.toBe(0)
    expect(await check(items, '--use-pull-secrets')).toMatchObject({
      code: 0,
      stdout: `${locked.host}/team/app@${whole.descriptor.digest}\n`,
    })
  })

  it('uses those of the service account, wildcards, and the old format', async () => {
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'shop' } }
    const old = {
      ...secret(''),
      type: 'kubernetes.io/dockercfg',
      data: undefined,
      stringData: { '.dockercfg': JSON.stringify({ [locked.host]: { username: 'me', password: PASSWORD } }) },
    }
    const byAccount = [pod(locking()), secret(login(locked.host)), { ...account, ...named }]
    expect((await check(byAccount, '--use-pull-secrets')).code).toBe(0)
    expect((await check([pod(locking(), named), old], '--use-pull-secrets')).code).toBe(0)
    const wild = locked.host.replace(/^127\.0/, '1*7.*')
    expect((await check([pod(locking(), named), secret(login(wild))], '--use-pull-secrets')).code).toBe(0)
  })

  it('names a pull secret that is not there, and is incomplete if the registry then asks for a password', async () => {
    const ran = await check([pod(locking(), named)], '--use-pull-secrets')
    expect([3, 4]).toContain(ran.code)
    expect(ran.stderr).toContain(
      'input:1: Pod shop/web, container app: its pull secret shop/login is not among the documents',
    )
  })

  it('never uses the secret of another namespace, or for another host', async () => {
    const elsewhere = [pod(locking(), named), secret(login(locked.host), 'login', 'other')]
    expect((await check(elsewhere, '--use-pull-secrets')).code).not.toBe(0)
    const similar = [pod(locking(), named), secret(login(`${locked.host}.example.com`))]
    expect((await check(similar, '--use-pull-secrets')).code).not.toBe(0)
  })

  it('checks an image once for each credential, so that a wrong one is not covered by a right one', async () => {
    const items = [
      pod(locking(), named),
      secret(login(locked.host)),
      pod(locking(), named, 'other'),
      secret(login(locked.host, 'canary-wrong'), 'login', 'other'),
      pod(locking(), named, 'same'),
      secret(login(locked.host), 'login', 'same'),
    ]
    const ran = await check(items, '--use-pull-secrets', '--output=json')
    expect(ran.code).toBe(3)
    expect(reportIn(ran).targets.map(({ complete }) => complete)).toEqual([true, false, true])
  })

  it('says of a pull secret that it cannot be read, without its content', async () => {
    const ran = await check([pod(locking(), named), secret('canary{')], '--use-pull-secrets')
    expect([3, 4]).toContain(ran.code)
    expect(ran.stderr).toContain('the pull secret shop/login cannot be used')
  })
})
