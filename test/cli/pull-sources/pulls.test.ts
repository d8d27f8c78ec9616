import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { image } from '../../support/builders/images.ts'
import { type Ran, reportIn } from '../../support/command/run.ts'
import { regfsckHere } from '../../support/command/run-in-process.ts'
import { scratch } from '../../support/scratch.ts'
import { makeAuthority } from '../../support/servers/certificate-authority.ts'
import { serve } from '../../support/simulated/host.ts'
import {
  type Quirk,
  type SimulatedRegistry,
  sendBlob,
  sendUnknown,
  simulateRegistry,
} from '../../support/simulated/registry.ts'

const whole = image('whole')
const other = image('other')
const open: SimulatedRegistry[] = []

afterEach(async () => {
  for (const each of open.splice(0)) await each.stop()
})

async function simulate(node = whole, quirk?: Quirk): Promise<SimulatedRegistry> {
  const registry = await simulateRegistry(node, quirk)
  open.push(registry)
  return registry
}

/** Lacks one kind of content. */
function lacking(what: 'manifests' | 'blobs'): Quirk {
  return ({ path }, response) => {
    if (!path.pathname.includes(`/${what}/`)) return false
    sendUnknown(response, what === 'blobs' ? 'BLOB_UNKNOWN' : 'MANIFEST_UNKNOWN')
    return true
  }
}

const webPage: Quirk = (_, response) => {
  response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in</html>')
  return true
}

async function check(at: SimulatedRegistry, ...flags: readonly string[]) {
  const ran = await regfsckHere(['check', '--recheck-delay=0', '--output=json', ...flags, `${at.url}/app:latest`])
  expect(ran.stdout + ran.stderr).not.toMatch(/canary/)
  return ran
}

/** `hosts.toml` files with these lines for a registry. */
function hostsDir({ host }: Pick<SimulatedRegistry, 'host'>, text: string): string {
  const root = scratch()
  mkdirSync(join(root, host))
  writeFileSync(join(root, host, 'hosts.toml'), text)
  return `--hosts-dir=${root}`
}

/** A `registries.conf` with mirrors of a registry, which speaks plain HTTP. */
function registriesConf({ host }: SimulatedRegistry, mirrors: readonly SimulatedRegistry[], more = ''): string {
  const file = join(scratch(), 'registries.conf')
  const tables = mirrors.map((mirror) => `[[registry.mirror]]\nlocation = "${mirror.host}"\ninsecure = true\n`)
  writeFileSync(file, `[[registry]]\nlocation = "${host}"\ninsecure = true\n${more}\n${tables.join('')}`)
  return `--registries-conf=${file}`
}

const servedIn = (ran: Ran) => reportIn(ran).targets.flatMap(({ tags }) => tags)

describe('simulated: --hosts-dir', () => {
  it('goes from host to host for each object, as containerd does', async () => {
    const [upstream, withoutBlobs] = [await simulate(), await simulate(whole, lacking('blobs'))]
    const ran = await check(upstream, hostsDir(upstream, `[host."${withoutBlobs.url}"]\n`))
    expect(ran.code).toBe(0)
    expect(servedIn(ran)).toMatchObject([{ verdict: 'intact', servedBy: [upstream.url, withoutBlobs.url].sort() }])
  })

  it('takes the tag of the first host that has it, even where the registry has another digest', async () => {
    const [upstream, mirror] = [await simulate(), await simulate(other)]
    const ran = await check(upstream, hostsDir(upstream, `[host."${mirror.url}"]\n`))
    expect(servedIn(ran)).toMatchObject([{ digest: other.descriptor.digest, servedBy: [mirror.url] }])
    const pullOnly = hostsDir(upstream, `[host."${mirror.url}"]\ncapabilities = ["pull"]\n`)
    expect(servedIn(await check(upstream, pullOnly))).toMatchObject([
      { digest: whole.descriptor.digest, servedBy: [upstream.url] },
    ])
  })

  it('does not call an image whole if a mirror answers with a web page, which containerd takes for a manifest', async () => {
    const [upstream, page] = [await simulate(), await simulate(whole, webPage)]
    const ran = await check(upstream, hostsDir(upstream, `[host."${page.url}"]\n`))
    expect(ran.code).toBe(3)
    expect(reportIn(ran).targets[0]?.unchecked).toMatchObject([{ because: 'STORE_MALFORMED' }])
    const away = await simulate(whole, (_, response) => Boolean(response.writeHead(503).end()))
    expect((await check(upstream, hostsDir(upstream, `[host."${away.url}"]\n`), '--request-timeout=2s')).code).toBe(0)
  })

  it('is incomplete where a setting is not understood, and names its line', async () => {
    const upstream = await simulate()
    const ran = await check(upstream, hostsDir(upstream, `server = "${upstream.url}"\nrewrite = "x"\n`))
    expect(ran.code).toBe(3)
    expect(reportIn(ran).targets[0]?.unchecked).toMatchObject([
      {
        because: 'SETTING_UNKNOWN',
        path: expect.stringMatching(/hosts\.toml:2$/),
        detail: 'the setting rewrite is not known here',
      },
    ])
  })

  it('asks nobody for what the runtime refuses to pull', async () => {
    const upstream = await simulate()
    const ran = await check(upstream, hostsDir(upstream, `server = "${upstream.url}"\ncapabilities = ["push"]\n`))
    expect(ran.code).toBe(1)
    expect(reportIn(ran).targets[0]?.findings).toMatchObject([{ code: 'image-unpullable', cause: 'blocked' }])
    expect(upstream.asked).toEqual([])
  })

  it('sends headers to their host alone, and never where that redirects to', async () => {
    const elsewhere = await serve(
      (request, response) =>
        sendBlob(
          request,
          response,
          [whole.config, ...whole.layers].find(({ descriptor }) => request.url?.includes(descriptor.digest))?.bytes ??
            Buffer.alloc(0),
        ),
      { address: '127.0.0.2' },
    )
    const seen: unknown[] = []
    const mirror = await simulate(whole, (request, response) => {
      seen.push(request.headers['x-key'])
      if (!request.path.pathname.includes('/blobs/')) return false
      response.writeHead(307, { location: `${elsewhere.url}${request.path.pathname}` }).end()
      return true
    })
    const upstream = await simulate(whole, lacking('manifests'))
    const text = `[host."${mirror.url}"]\n[host."${mirror.url}".header]\nX-Key = ["canary-1", "canary-2"]\n`
    const ran = await check(upstream, hostsDir(upstream, text))
    expect([ran.code, servedIn(ran)]).toMatchObject([0, [{ servedBy: [mirror.url] }]])
    expect(new Set(seen)).toEqual(new Set(['canary-1, canary-2']))
    expect(elsewhere.requests.length).toBeGreaterThan(0)
    for (const { headers } of elsewhere.requests) expect(headers).not.toHaveProperty('x-key')
  })

  it('uses the certificates of a host, and verifies those of others', async () => {
    const authority = makeAuthority(scratch())
    const [server, client] = [authority.issue('server'), authority.issue('client')]
    const backend = await simulate()
    const tls = { ...server, ca: authority.ca, requestCert: true, rejectUnauthorized: true }
    const mirror = await serve(
      (request, response) =>
        void fetch(`${backend.url}${request.url}`, {
          method: request.method ?? 'GET',
          headers: { 'user-agent': 'regfsck', ...(request.headers.range && { range: request.headers.range }) },
        }).then(async (answer) => {
          for (const name of ['content-type', 'content-range', 'docker-content-digest', 'content-length'])
            if (answer.headers.has(name)) response.setHeader(name, answer.headers.get(name) ?? '')
          response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()))
        }),
      { tls },
    )
    const upstream = await simulate(whole, lacking('manifests'))
    const files = scratch()
    for (const [name, text] of Object.entries({ 'ca.pem': authority.ca, 'c.pem': `${client.cert}${client.key}` }))
      writeFileSync(join(files, name), text)
    const own = `client = "${files}/c.pem"\n`
    const with_ = (lines: string) => check(upstream, hostsDir(upstream, `[host."${mirror.url}"]\n${lines}`))
    expect((await with_(`ca = "${files}/ca.pem"\n${own}`)).code).toBe(0)
    expect((await with_(`skip_verify = true\n${own}`)).code).toBe(0)
    expect((await with_(own)).code).toBe(3)
    expect((await with_(`ca = ["${files}/ca.pem"]\n`)).code).toBe(3)
  })
})

describe('simulated: --registries-conf', () => {
  it('lets the first that has the manifest serve all, as podman and CRI-O do', async () => {
    const [upstream, withoutBlobs, empty] = [
      await simulate(),
      await simulate(whole, lacking('blobs')),
      await simulate(whole, lacking('manifests')),
    ]
    const broken = await check(upstream, registriesConf(upstream, [empty, withoutBlobs]))
    expect(broken.code).toBe(1)
    expect(servedIn(broken)).toMatchObject([{ verdict: 'unpullable', servedBy: [withoutBlobs.url] }])
    const fine = await check(upstream, registriesConf(upstream, [empty]))
    expect([fine.code, servedIn(fine)]).toMatchObject([0, [{ verdict: 'intact', servedBy: [upstream.url] }]])
    expect(upstream.asked.filter((line) => line.includes('ns='))).toEqual([])
  })

  it('fetches no manifest twice', async () => {
    const upstream = await simulate()
    await check(upstream, registriesConf(upstream, []))
    expect(upstream.asked.filter((line) => line.startsWith('GET /v2/app/manifests/'))).toHaveLength(1)
  })

  it('is incomplete if one gave no answer and none has it, by tag and by digest', async () => {
    const [upstream, away] = [
      await simulate(whole, lacking('manifests')),
      await simulate(whole, (_, response) => Boolean(response.writeHead(400).end())),
    ]
    const flag = registriesConf(upstream, [away])
    expect((await check(upstream, flag)).code).toBe(3)
    const byDigest = ['check', '--recheck-delay=0', flag, `${upstream.url}/app@${whole.descriptor.digest}`]
    expect((await regfsckHere(byDigest)).code).toBe(3)
    expect((await check(upstream, registriesConf(upstream, []))).code).toBe(1)
  })

  it('reports what is blocked as unpullable, with the line, and asks nobody', async () => {
    const upstream = await simulate()
    const flag = registriesConf(upstream, [], 'blocked = true')
    const ran = await check(upstream, flag)
    expect(ran.code).toBe(1)
    expect(reportIn(ran).targets[0]).toMatchObject({
      complete: true,
      tags: [{ verdict: 'unpullable' }],
      findings: [
        {
          code: 'image-unpullable',
          cause: 'blocked',
          evidence: { blockedBy: expect.stringMatching(/registries\.conf:1: blocked = true/) },
        },
      ],
    })
    expect(upstream.asked).toEqual([])
    const list = join(scratch(), 'images.txt')
    writeFileSync(list, `${upstream.host}/app:latest\n`)
    const from = await regfsckHere(['check', '--recheck-delay=0', '--output=json', flag, '--from', list])
    const found = reportIn(from).targets.flatMap(({ findings }) => findings)
    expect(found.map(({ code }) => code)).toEqual(['image-unpullable'])
    expect(found).toMatchObject([{ evidence: { usedBy: [expect.stringContaining('images.txt:1')] } }])
    expect((await regfsckHere(['pin', '--recheck-delay=0', flag, '--from', list])).code).toBe(1)
    expect((await check(upstream, registriesConf(upstream, []))).code).toBe(0)
  })

  it('finds a short name by its alias, and is incomplete where none is known', async () => {
    const registry = await simulate()
    const file = join(scratch(), 'registries.conf')
    const run = (text: string) => {
      writeFileSync(file, `${text}[[registry]]\nlocation = "${registry.host}"\ninsecure = true\n`)
      return regfsckHere(['check', '--recheck-delay=0', `--registries-conf=${file}`, 'web:latest'])
    }
    const found = await run(`unqualified-search-registries = []\n[aliases]\n"web" = "${registry.host}/app"\n`)
    expect([found.code, found.stdout]).toEqual([0, `web@${whole.descriptor.digest}\n`])
    const lost = await run('')
    expect(lost.code).toBe(4)
    expect(lost.stderr).toContain('web is a short name')
  })
})

describe('files of the runtime', () => {
  it('are for one runtime at a time, and are refused with their place before anything is asked', async () => {
    const upstream = await simulate()
    const both = await check(upstream, '--hosts-dir=/etc', '--registries-conf=/etc/x')
    expect([both.code, both.stderr]).toEqual([2, expect.stringContaining('--hosts-dir and --registries-conf: use one')])
    const broken = await check(upstream, hostsDir(upstream, 'server = "canary'))
    expect([broken.code, broken.stderr]).toEqual([2, expect.stringMatching(/hosts\.toml:1:\d+: it is not TOML/)])
    expect(upstream.asked).toEqual([])
  })
})
