import { chmodSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { hostsDirectory } from '../../../src/cli/pull-sources/containerd/hosts-directory.ts'
import { asked, directoryOf, type Found, find } from './support.ts'

/** Where containerd's `config_path` has these files. */
function found(image: string, files: Readonly<Record<string, string>>): Found {
  const root = directoryOf(files)
  return find(image, root, (problems) => hostsDirectory(root, problems))
}

const MIRROR = '[host."https://mirror.example.com"]\n'

describe('the order of hosts in a hosts.toml', () => {
  it.each([
    [
      'hosts.md, "server field": hosts are tried first in the order listed, then the server',
      'server = "https://up.example.com"\n[host."https://b.example.com"]\n[host."https://a.example.com"]\n',
      [
        'https://b.example.com/v2/team/app?ns=reg.example.com',
        'https://a.example.com/v2/team/app?ns=reg.example.com',
        'https://up.example.com/v2/team/app?ns=reg.example.com',
      ],
    ],
    [
      'hosts.md, "server field": without a server, the registry of the image is the last',
      MIRROR,
      ['https://mirror.example.com/v2/team/app?ns=reg.example.com', 'https://reg.example.com/v2/team/app'],
    ],
    [
      'hosts.md, "Setup Default Mirror": with the mirror as server, the registry is not asked',
      'server = "https://mirror.example.com"\n',
      ['https://mirror.example.com/v2/team/app?ns=reg.example.com'],
    ],
    [
      'hosts.md, "Registry Host Namespace": ns is only for hosts that are not the registry',
      'server = "https://reg.example.com"\n',
      ['https://reg.example.com/v2/team/app'],
    ],
    [
      'hosts.md, "override_path field": the path of the URL is the root of the API',
      '[host."https://mirror.example.com/v2/upstream"]\noverride_path = true\n',
      ['https://mirror.example.com/v2/upstream/team/app?ns=reg.example.com', 'https://reg.example.com/v2/team/app'],
    ],
    [
      'hosts.go, parseHostConfig: v2 is added to any other path, once',
      '[host."https://a.example.com/us"]\n[host."https://b.example.com/us/v2/"]\n[host."c.example.com"]\n',
      [
        'https://a.example.com/us/v2/team/app?ns=reg.example.com',
        'https://b.example.com/us/v2/team/app?ns=reg.example.com',
        'https://c.example.com/v2/team/app?ns=reg.example.com',
        'https://reg.example.com/v2/team/app',
      ],
    ],
    [
      'hosts.md, "capabilities field": a host that may not pull is not asked',
      '[host."https://mirror.example.com"]\ncapabilities = ["resolve", "push"]\n',
      ['https://reg.example.com/v2/team/app'],
    ],
    [
      'hosts.go, ConfigureHosts: without a server, the capabilities of the root say nothing',
      `capabilities = ["push"]\n${MIRROR}`,
      ['https://mirror.example.com/v2/team/app?ns=reg.example.com', 'https://reg.example.com/v2/team/app'],
    ],
  ])('%s', (_, text, expected) => {
    const { route, problems } = found('reg.example.com/team/app:1', { 'reg.example.com/hosts.toml': text })
    expect(problems).toEqual([])
    expect(asked(route)).toEqual(expected)
    expect(route).toMatchObject({ isOneForAll: false, unknown: [] })
  })

  it('lets a host without "resolve" serve bytes, and never say what a tag is', () => {
    const text = '[host."https://mirror.example.com"]\ncapabilities = ["pull"]\n'
    const { route } = found('reg.example.com/team/app:1', { 'reg.example.com/hosts.toml': text })
    expect(route).toMatchObject({ sources: [{ mayResolve: false }, { mayResolve: true }] })
  })

  it('refuses the pull where no host may do it', () => {
    const text = 'server = "https://up.example.com"\ncapabilities = ["pull"]\n'
    const files = { 'reg.example.com/hosts.toml': text }
    expect(found('reg.example.com/team/app:1', files).route).toMatchObject({ is: 'blocked' })
    const byDigest = `reg.example.com/team/app@sha256:${'0'.repeat(64)}`
    expect(found(byDigest, files).route).toMatchObject({ is: 'sources' })
  })

  it('does not depend on line ends', () => {
    const text = '[host."https://b.example.com"]\r\n[host."https://a.example.com"]\r\n  capabilities = ["pull"]\r\n'
    const { route, problems } = found('reg.example.com/team/app:1', { 'reg.example.com/hosts.toml': text })
    expect(problems).toEqual([])
    expect(route).toMatchObject({ sources: [{ mayResolve: true }, { mayResolve: false }, {}] })
  })
})

describe('the directory of a registry', () => {
  const files = (...names: readonly string[]): Record<string, string> =>
    Object.fromEntries(
      names.map((name) => [
        `${name}/hosts.toml`,
        `server = "https://of-${name.replaceAll(/\W|_/g, '-')}.example.com"\n`,
      ]),
    )

  it.each([
    [
      'reg.example.com:5000/a/b',
      ['reg.example.com_5000_', 'reg.example.com:5000', '_default'],
      'of-reg-example-com-5000-',
    ],
    ['reg.example.com:5000/a/b', ['reg.example.com:5000', 'reg.example.com', '_default'], 'of-reg-example-com-5000'],
    ['reg.example.com:5000/a/b', ['reg.example.com', '_default'], 'of--default'],
    ['reg.example.com:5000/a/b', ['reg.example.com'], undefined],
    ['busybox', ['docker.io', '_default'], 'of-docker-io'],
    ['index.docker.io/library/busybox', ['docker.io'], 'of-docker-io'],
    ['busybox', ['registry-1.docker.io'], undefined],
  ])('hosts.md, "Port Handling in Registry Host": of %s among %j', (image, names, expected) => {
    const { route } = found(image, files(...names))
    expect(asked(route)?.[0]?.split('.')[0]?.replace('https://', '')).toBe(expected)
  })

  it('is used as it is, even without a hosts.toml, and the default is not', () => {
    const root = directoryOf(files('_default'))
    mkdirSync(join(root, 'reg.example.com'))
    const { route } = find('reg.example.com/a/b', root, (problems) => hostsDirectory(root, problems))
    expect(asked(route)).toEqual(['https://reg.example.com/v2/a/b'])
  })
})

describe('what is not understood', () => {
  it('makes the image incomplete, with its line', () => {
    const text = `${MIRROR}  rewrite = true\n\n[host."https://b.example.com"]\n[plugins]\n`
    const { route, problems } = found('reg.example.com/a/b', { 'reg.example.com/hosts.toml': text })
    expect(problems).toEqual([])
    expect(route).toMatchObject({
      unknown: [
        {
          place: expect.stringMatching(/reg\.example\.com\/hosts\.toml:2$/),
          what: 'the setting rewrite is not known here',
        },
        { place: expect.stringMatching(/hosts\.toml:5$/), what: 'the setting plugins is not known here' },
      ],
    })
  })

  it('says of a host that is no table of its own that containerd ignores it', () => {
    const text = '[host]\n"https://mirror.example.com" = { capabilities = ["pull"] }\n'
    const { route } = found('reg.example.com/a/b', { 'reg.example.com/hosts.toml': text })
    expect(asked(route)).toEqual(['https://reg.example.com/v2/a/b'])
    expect(route).toMatchObject({ unknown: [{ what: expect.stringContaining('containerd ignores it') }] })
  })

  it.each([
    ['server = ', 'reg.example.com/hosts.toml:1:'],
    ['server = 5\n', 'hosts.toml:1: server: expected a string'],
    [
      'server = "https://me:canary@up.example.com"\n',
      'hosts.toml:1: server: it must not contain a user name or password',
    ],
    ['[host."https://me:canary@up.example.com"]\n', 'hosts.toml:1: host: it must not contain a user name or password'],
    ['server = "ftp://up.example.com"\n', 'hosts.toml:1: server: it must not begin with ftp:'],
    ['server = "https://"\n', 'hosts.toml:1: server: it is not a URL'],
    [`${MIRROR}capabilities = ["fetch"]\n`, 'hosts.toml:2: capabilities: "fetch" is unknown'],
    [`${MIRROR}capabilities = "pull"\n`, 'hosts.toml:2: capabilities: expected an array of strings'],
    [`${MIRROR}skip_verify = "yes"\n`, 'hosts.toml:2: skip_verify: expected true or false'],
    [`${MIRROR}ca = "none.pem"\n`, 'hosts.toml:2: ca: cannot read none.pem'],
    [`${MIRROR}ca = [5]\n`, 'hosts.toml:2: ca: expected a path, or an array of paths'],
    [`${MIRROR}ca = "hosts.toml"\n`, 'hosts.toml:2: ca: hosts.toml is not a certificate in PEM form'],
    [`${MIRROR}client = [["a", "b", "c"]]\n`, 'hosts.toml:2: client: expected a path'],
    [`${MIRROR}dial_timeout = "soon"\n`, 'hosts.toml:2: dial_timeout: expected a duration'],
    [
      `${MIRROR}proxy = "socks5://proxy.example.com"\n`,
      'hosts.toml:2: proxy: proxies of socks5: are not supported here',
    ],
    [`${MIRROR}[host."https://mirror.example.com".header]\nx-key = 5\n`, 'hosts.toml:3: x-key: expected a string'],
    [
      `${MIRROR}[host."https://mirror.example.com".header]\nx-key = "canary\\u0000"\n`,
      'hosts.toml:3: x-key: it cannot be sent',
    ],
    [`${MIRROR}[host."https://mirror.example.com".header]\nx-key = "canary`, 'hosts.toml:3:'],
    ['\uFEFFserver = "https://up.example.com"\n', 'hosts.toml:1:1: it begins with a byte order mark'],
    ['#'.repeat(1024 * 1024 + 1), 'hosts.toml is larger than 1 MiB'],
  ])('refuses %j', (text, problem) => {
    const { problems } = found('reg.example.com/a/b', { 'reg.example.com/hosts.toml': text })
    expect(problems.join('\n')).toContain(problem)
    expect(problems.join('\n')).not.toContain('canary')
  })

  it.each([
    ['a link to itself', (path: string) => symlinkSync(path, path), 'ELOOP'],
    ['a directory', (path: string) => mkdirSync(path), 'is not a file'],
  ])('refuses %s in place of a hosts.toml', (_, make, problem) => {
    const root = directoryOf({ 'reg.example.com/ca.txt': '' })
    make(join(root, 'reg.example.com/hosts.toml'))
    const { problems } = find('reg.example.com/a/b', root, (into) => hostsDirectory(root, into))
    expect(problems.join('\n')).toContain(problem)
  })

  it('does not mind files of registries that nobody asks for', () => {
    const { route, problems } = found('reg.example.com/a/b', { 'other.example.com/hosts.toml': 'server = ' })
    expect([route, problems]).toEqual([undefined, []])
  })

  it('refuses a directory that is not there', () => {
    const root = join(directoryOf({}), 'gone')
    expect(find('busybox', root, (problems) => hostsDirectory(root, problems)).problems).toEqual([
      '--hosts-dir: . does not exist',
    ])
  })

  it.skipIf(process.getuid?.() === 0)('refuses a directory that must not be read', () => {
    const root = directoryOf({ 'reg.example.com/hosts.toml': MIRROR })
    chmodSync(join(root, 'reg.example.com'), 0)
    const { problems } = find('reg.example.com/a/b', root, (into) => hostsDirectory(root, into))
    expect(problems.join('\n')).toContain('permission denied')
    chmodSync(join(root, 'reg.example.com'), 0o755)
  })
})
