import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { readServeRequest } from '../../src/cli/serve/serve-request.ts'
import { readConfig } from '../../src/config/read.ts'
import { type CommandLine, commandLines } from '../k8s/command-lines.ts'
import { regfsckHere } from '../support/command/run-in-process.ts'
import { scratch } from '../support/scratch.ts'
import { makeCertificate } from '../support/servers/certificate.ts'
import { describeWithHelm, objectsOf, type Values } from './helm.ts'
import { SIDECARS, VALUE_SETS } from './value-sets.ts'

const ALL = [...VALUE_SETS, ...SIDECARS]
const MODES = (mode: string) => ALL.filter(({ values }) => (values['mode'] ?? 'cronjob') === mode)

describeWithHelm('what the chart starts', () => {
  const directory = scratch()
  beforeAll(() => {
    for (const name of [
      'state',
      'var/lib/regfsck',
      'var/lib/textfile',
      'var/lib/registry',
      'etc/token',
      'etc/client',
      'etc/authority',
    ])
      mkdirSync(join(directory, name), { recursive: true })
    const { cert, key } = makeCertificate(directory)
    copyFileSync(cert, join(directory, 'etc/client/tls.crt'))
    copyFileSync(key, join(directory, 'etc/client/tls.key'))
    for (const name of ['ca.crt', 'ca.pem']) copyFileSync(cert, join(directory, 'etc/authority', name))
    writeFileSync(join(directory, 'etc/token/token'), 'a-token')
  })

  // One mistake more, so that nothing is scanned: where it is the only one that is told, all else is accepted.
  it.each(MODES('cronjob'))('is accepted: $title', async ({ values, release }) => {
    const lines = commandLines(objectsOf(values, release))
    expect(lines).not.toEqual([])
    for (const { title, args } of lines) {
      const here = args.map((arg) => arg.replace(/(^|=)(\/(?:etc|var\/lib)\/)/, `$1${directory}$2`))
      expect(args.join()).not.toContain('$(')
      const ran = await regfsckHere([...here, '--color=mauve'])
      expect([ran.code, ran.stderr], title).toEqual([
        2,
        'regfsck: --color: expected auto, always or never, not "mauve"\n',
      ])
    }
  })

  it.each([...MODES('serve'), ...MODES('sidecar')])(
    'has a configuration that is accepted: $title',
    ({ values, release }) => {
      const { problems, config } = readConfig(configOf(values, release))
      expect(problems).toEqual([])
      const counted = (key: string): number | undefined => (values[key] as readonly unknown[] | undefined)?.length
      expect([config?.registries?.length, config?.references?.length]).toEqual(
        ['registries', 'references'].map(counted),
      )
    },
  )

  it('scans what the values say, several times over: as arguments', () => {
    const { values } = setOf('several registries, with secrets and settings of their own')
    const lines = commandLines(objectsOf(values))
    const about = (name: string) =>
      lines
        .find(({ title }) => title === `CronJob regfsck-${name}`)
        ?.args.slice(1)
        .sort()
    const always = ['--fail-on=never', '--push=http://pushgateway.monitoring.svc:9091', '--recheck-delay=5s']
    expect(about('private')).toEqual(
      [
        ...always,
        '--registry=private',
        '--interval=15m',
        '--deadline=13m',
        '--ca-file=/etc/authority/ca.crt',
        'https://registry.example.com',
      ].sort(),
    )
    expect(about('token-example-com')).toEqual(
      [
        ...always,
        '--registry=token.example.com',
        '--interval=1h',
        '--deadline=56m',
        '--depth=graph',
        '--repositories=team/**',
        '--repositories=infra-ci',
        '--exclude=scratch/**',
        '--request-timeout=1m',
        '--token-host=auth.example.com',
        '--concurrency=4',
        '--token-file=/etc/token/token',
        'https://token.example.com:8443/prefix',
      ].sort(),
    )
    expect(about('certificate')).toEqual(
      [
        ...always,
        '--registry=certificate',
        '--interval=1d',
        '--deadline=1379m',
        '--client-cert=/etc/client/tls.crt',
        '--client-key=/etc/client/tls.key',
        '--ca-file=/etc/authority/ca.pem',
        'https://mtls.example.com',
      ].sort(),
    )
    expect(about('storage')).toEqual(
      [...always, '--registry=storage', '--interval=15m', '--deadline=10m', '/var/lib/registry'].sort(),
    )
  })

  it('asks with the login also where storage is held against an API', () => {
    const { values } = setOf('a storage that is held against the API in front of it')
    const [line] = commandLines(objectsOf(values))
    expect(line?.args).toEqual(expect.arrayContaining(['/var/lib/registry', '--against=https://registry.example.com']))
    expect(line?.env['DOCKER_CONFIG']).toBe('/etc/docker')
    expect(JSON.stringify(objectsOf(values))).toContain('"secretName":"login"')
  })

  it('and as a configuration file', () => {
    const { values } = setOf('serve with several registries, by API and by storage')
    expect(readConfig(configOf(values)).config).toEqual({
      listen: expect.any(String),
      state: '/var/lib/regfsck',
      'scans-at-once': 2,
      'log-level': 'warn',
      defaults: { 'recheck-delay': '5s' },
      registries: [
        {
          name: 'private',
          target: 'https://registry.example.com',
          'token-file': '/etc/registries/private/token/token',
          'ca-file': '/etc/registries/private/authority/ca.crt',
          profiles: [
            { name: 'fast', interval: '15m' },
            { name: 'deep', interval: '7d', depth: 'content' },
          ],
        },
        {
          name: 'mirror.example.com',
          target: 'https://mirror.example.com',
          'allow-fetch': true,
          'token-file': '/etc/registries/mirror-example-com/token/token',
          'ca-file': '/etc/authority/ca.crt',
          interval: '15m',
        },
        { name: 'one', target: '/var/lib/registries/one/one', interval: '15m' },
        { name: 'two', target: '/var/lib/registries/two/two', interval: '2h', deadline: '90m' },
      ],
    })
  })

  it('names only files that are mounted', () => {
    for (const { values, release, title } of MODES('cronjob'))
      for (const object of objectsOf(values, release)) {
        const text = JSON.stringify(object)
        const files = [...text.matchAll(/--(?:[a-z]+-file|client-\w+|state|textfile|manifest-cache)=(\/[\w/.-]+)/g)]
        const mounts = [...text.matchAll(/"mountPath":"([^"]+)"/g)].map(([, path = '']) => path)
        for (const [, file = ''] of files)
          expect(
            mounts.some((path) => file === path || file.startsWith(`${path}/`)),
            `${title}: ${file}`,
          ).toBe(true)
      }
  })

  it('as text that Kubernetes would expand is left as it was', () => {
    const values = {
      registries: [{ name: 'private', url: 'https://registry.example.com', repositories: ['$(REGISTRY)'] }],
      pushgateway: { url: 'http://push:9091' },
    }
    const [line] = commandLines(objectsOf(values))
    expect((line satisfies CommandLine | undefined)?.args).toContain('--repositories=$(REGISTRY)')
  })

  it('listens where the Service leads', async () => {
    const { values } = setOf('serve on IPv6, found by a PodMonitor')
    const objects = objectsOf(values)
    const file = join(directory, 'regfsck.yaml')
    writeFileSync(file, configOf(values).replace('/var/lib/regfsck', join(directory, 'state')))
    expect(await readServeRequest(file, { env: {} })).toMatchObject({
      listen: { host: '::', port: 8080 },
    })
    expect(JSON.stringify(objects)).toContain('"ports":[{"name":"http","containerPort":8080}]')
    expect(objects.find(({ kind }) => kind === 'Service')?.spec).toMatchObject({
      ports: [{ name: 'http', port: 80, targetPort: 'http' }],
      ipFamilies: ['IPv6'],
    })
  })
})

function configOf(values: Values, release?: Parameters<typeof objectsOf>[1]): string {
  return objectsOf(values, release)
    .flatMap(({ data }) => data?.['regfsck.yaml'] ?? [])
    .join()
}

function setOf(title: string): (typeof ALL)[number] {
  const found = ALL.find((each) => each.title === title)
  if (found === undefined) throw new Error(`no set called ${title}`)
  return found
}
