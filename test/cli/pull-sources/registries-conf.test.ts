import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { registriesConf } from '../../../src/cli/pull-sources/registries-conf/registries-conf.ts'
import { asked, directoryOf, type Found, find } from './support.ts'

const DIGEST = `sha256:${'0'.repeat(64)}`

interface FoundInConf extends Found {
  readonly notUsed: readonly string[]
}

function found(image: string, text: string, dropIns: Readonly<Record<string, string>> = {}): FoundInConf {
  const inside = Object.entries(dropIns).map(([name, each]) => [`registries.conf.d/${name}`, each] as const)
  const root = directoryOf({ 'registries.conf': text, ...Object.fromEntries(inside) })
  const notUsed: string[] = []
  const path = join(root, 'registries.conf')
  const result = find(image, root, (problems) => registriesConf(path, problems, (sentence) => notUsed.push(sentence)))
  return { ...result, notUsed: notUsed.map((sentence) => sentence.replaceAll(`${root}/`, '')) }
}

const MAN_PAGE = `unqualified-search-registries = ["example.com"]

[[registry]]
prefix = "example.com/foo"
insecure = false
blocked = false
location = "internal-registry-for-example.com/bar"

[[registry.mirror]]
location = "example-mirror-0.local/mirror-for-foo"

[[registry.mirror]]
location = "example-mirror-1.local/mirrors/foo"
insecure = true
`

/** One registry with more lines, and one mirror with more lines. */
function withMirror(registry: string, mirror = '', location = 'm.local'): string {
  return `[[registry]]\n${registry}\n[[registry.mirror]]\nlocation = "${location}"\n${mirror}\n`
}

describe('containers-registries.conf(5)', () => {
  it.each([
    [
      '"Example": mirrors in order, then the location',
      'example.com/foo/image:latest',
      MAN_PAGE,
      [
        'https://example-mirror-0.local/v2/mirror-for-foo/image',
        'https://example-mirror-1.local/v2/mirrors/foo/image',
        'https://internal-registry-for-example.com/v2/bar/image',
      ],
    ],
    [
      '"prefix": other names are left alone',
      'example.com/food/image:1',
      MAN_PAGE,
      ['https://example.com/v2/food/image'],
    ],
    [
      '"prefix": the longest match',
      'example.com/foo/bar/image:1',
      `${MAN_PAGE}[[registry]]\nprefix = "example.com/foo/bar"\nlocation = "b.example.com"\n`,
      ['https://b.example.com/v2/image'],
    ],
    [
      'c/image, refMatchingPrefix: a host stands for its ports too',
      'example.com:5000/foo/image:1',
      withMirror('location = "example.com"', '', 'm.local'),
      ['https://m.local:5000/v2/foo/image', 'https://example.com:5000/v2/foo/image'],
    ],
    [
      '"prefix": a tag',
      'example.com/a:1',
      '[[registry]]\nprefix = "example.com/a:1"\nlocation = "b.example.com/a:2"\n',
      ['https://b.example.com/v2/a'],
    ],
    [
      '"prefix": it defaults to the location',
      'example.com/a:1',
      withMirror('location = "example.com"'),
      ['https://m.local/v2/a', 'https://example.com/v2/a'],
    ],
    [
      '"prefix": *. is any number of subdomains',
      'x.y.example.com/a:1',
      withMirror('prefix = "*.example.com"', '', 'm.local/all'),
      ['https://m.local/v2/all/a', 'https://x.y.example.com/v2/a'],
    ],
    [
      '"prefix": *. is not the domain itself',
      'example.com/a:1',
      withMirror('prefix = "*.example.com"'),
      ['https://example.com/v2/a'],
    ],
    [
      '"location": a wildcard may have one',
      'x.example.com/a:1',
      '[[registry]]\nprefix = "*.example.com"\nlocation = "in.example.net"\n',
      ['https://in.example.net/v2/a'],
    ],
    [
      '"mirror-by-digest-only": not for a tag',
      'example.com/a:1',
      withMirror('location = "example.com"\nmirror-by-digest-only = true'),
      ['https://example.com/v2/a'],
    ],
    [
      '"mirror-by-digest-only": for a digest',
      `example.com/a@${DIGEST}`,
      withMirror('location = "example.com"\nmirror-by-digest-only = true'),
      ['https://m.local/v2/a', 'https://example.com/v2/a'],
    ],
    [
      '"pull-from-mirror": digest-only',
      'example.com/a:1',
      withMirror('location = "example.com"', 'pull-from-mirror = "digest-only"'),
      ['https://example.com/v2/a'],
    ],
    [
      '"pull-from-mirror": tag-only',
      `example.com/a@${DIGEST}`,
      withMirror('location = "example.com"', 'pull-from-mirror = "tag-only"'),
      ['https://example.com/v2/a'],
    ],
    [
      '"pull-from-mirror": all',
      'example.com/a:1',
      withMirror('location = "example.com"', 'pull-from-mirror = "all"'),
      ['https://m.local/v2/a', 'https://example.com/v2/a'],
    ],
    [
      '"Normalization of docker.io references": library is part of the name',
      'docker.io/alpine:3',
      withMirror('location = "docker.io"', '', 'm.local/hub'),
      ['https://m.local/v2/hub/library/alpine', 'https://registry-1.docker.io/v2/library/alpine'],
    ],
    [
      '"Short-Name Aliasing": an alias',
      'image:1',
      '[aliases]\n"image" = "registry.com/namespace/image"\n',
      ['https://registry.com/v2/namespace/image'],
    ],
    [
      '"Short-Name Aliasing": an alias is mirrored too',
      'image:1',
      `[aliases]\nimage = "example.com/foo/image"\n${MAN_PAGE.replace(/^.*\n/, '')}`,
      [
        'https://example-mirror-0.local/v2/mirror-for-foo/image',
        'https://example-mirror-1.local/v2/mirrors/foo/image',
        'https://internal-registry-for-example.com/v2/bar/image',
      ],
    ],
    [
      '"Short-Name Aliasing": an alias is not for a full name',
      'docker.io/library/image:1',
      '[aliases]\n"image" = "registry.com/image"\n',
      ['https://registry-1.docker.io/v2/library/image'],
    ],
    [
      '"unqualified-search-registries": in order',
      'team/image:1',
      'unqualified-search-registries = ["a.example.com", "docker.io"]\n',
      ['https://a.example.com/v2/team/image', 'https://registry-1.docker.io/v2/team/image'],
    ],
    [
      '"unqualified-search-registries": library on Docker Hub alone',
      'image:1',
      'unqualified-search-registries = ["a.example.com", "docker.io"]\n',
      ['https://a.example.com/v2/image', 'https://registry-1.docker.io/v2/library/image'],
    ],
  ])('%s', (_, image, text, expected) => {
    const { route, problems } = found(image, text)
    expect(problems).toEqual([])
    expect(asked(route)).toEqual(expected)
    expect(route).toMatchObject({ isOneForAll: true, unknown: [] })
  })

  it('"insecure": plain HTTP and any certificate, for that place alone', () => {
    const { route } = found('example.com/foo/image:1', MAN_PAGE)
    expect(route).toMatchObject({
      sources: [
        { mayBePlain: false, settings: { skipsVerification: false } },
        { mayBePlain: true, settings: { skipsVerification: true } },
        { mayBePlain: false },
      ],
    })
  })

  it('"blocked": no pull, whatever a mirror has', () => {
    const text = withMirror('location = "example.com"\nblocked = true')
    expect(found('example.com/a:1', text).route).toMatchObject({
      is: 'blocked',
      by: expect.stringContaining('registries.conf:1: blocked = true for example.com'),
    })
    expect(found('example.org/a:1', text).route).toMatchObject({ is: 'sources' })
  })

  it('gives the credentials of the registry to no other host', () => {
    const text = withMirror('prefix = "example.com/a"\nlocation = "example.com/b"')
    expect(found('example.com/a/c:1', text).route).toMatchObject({
      sources: [{ isRegistry: false }, { isRegistry: true }],
    })
    expect(found('example.com/foo/image:1', MAN_PAGE).route).toMatchObject({ sources: [{}, {}, { isRegistry: false }] })
  })

  it.each([
    ['no alias, no registries', '', 'no registries to search it on'],
    [
      '"Short-Name Aliasing: Modes": enforcing asks',
      'short-name-mode = "enforcing"\nunqualified-search-registries = ["a.io", "b.io"]\n',
      'short-name-mode enforcing asks which',
    ],
    ['an alias that is erased', '[aliases]\nimage = ""\n', 'no registries to search it on'],
  ])('does not know which image a short name is: %s', (_, text, because) => {
    expect(found('image:1', text).route).toMatchObject({ is: 'unresolved', because: expect.stringContaining(because) })
    expect(found('docker.io/library/image:1', text).route).toMatchObject({ is: 'sources' })
  })
})

describe('containers-registries.conf.d(5)', () => {
  it('files are read in the order of their names, and each replaces what has the same prefix', () => {
    const { route } = found('example.com/a:1', withMirror('location = "example.com"'), {
      '20-b.conf': withMirror('location = "example.com"', '', 'b.local'),
      '10-a.conf': withMirror('location = "example.com"', '', 'a.local'),
      'z.txt': 'this is not TOML',
      'below/z.conf': 'this is not TOML',
    })
    expect(asked(route)).toEqual(['https://b.local/v2/a', 'https://example.com/v2/a'])
  })

  it('single settings and aliases replace earlier ones', () => {
    const dropIns = {
      'a.conf': 'unqualified-search-registries = ["b.io"]\n[aliases]\n"one" = ""\n"two" = "c.io/two"\n',
    }
    const text = 'unqualified-search-registries = ["a.io"]\n[aliases]\n"one" = "c.io/one"\n'
    expect(asked(found('one:1', text, dropIns).route)).toEqual(['https://b.io/v2/one'])
    expect(asked(found('two:1', text, dropIns).route)).toEqual(['https://c.io/v2/two'])
  })
})

describe('what is not understood', () => {
  it('makes the images of that registry incomplete, with its line', () => {
    const text = withMirror('location = "example.com"\nrewrite = "x"', 'weight = 5')
    expect(found('example.com/a:1', text).route).toMatchObject({
      unknown: [
        { place: expect.stringMatching(/registries\.conf:3$/), what: 'the setting rewrite is not known here' },
        { place: expect.stringMatching(/registries\.conf:6$/), what: 'the setting weight is not known here' },
      ],
    })
    expect(found('example.org/a:1', text).route).toMatchObject({ unknown: [] })
  })

  it('and what is about no registry is named', () => {
    const { notUsed } = found('example.com/a:1', 'credential-helpers = ["secretservice"]\nnew-setting = 1\n')
    expect(notUsed).toEqual([
      'registries.conf:1: credential-helpers is not used: credentials come from the docker config',
      'registries.conf:2: the setting new-setting is not known and not used',
    ])
  })

  it.each([
    ['[[registry]', 'registries.conf:1:'],
    ['[registries.search]\nregistries = ["a.io"]\n', 'registries.conf:1: registries: this is version 1 of the format'],
    ['[[registry]]\ninsecure = true\n', 'registries.conf:1: registry: it has neither prefix nor location'],
    ['[[registry]]\nprefix = "a.io"\n', 'registries.conf:2: prefix: location is missing'],
    [
      '[[registry]]\nprefix = "*.a.io/b"\nlocation = "b.io"\n',
      'registries.conf:2: prefix: a wildcard is only followed by a host',
    ],
    ['[[registry]]\nlocation = "https://a.io"\n', 'registries.conf:2: location: it must not begin with a scheme'],
    ['[[registry]]\nlocation = "me:canary@a.io"\n', 'registries.conf:2: location: expected HOST'],
    ['[[registry]]\nlocation = "mirror/a"\n', 'registries.conf:2: location: expected HOST'],
    [
      '[[registry]]\nlocation = "a.io"\npull-from-mirror = "all"\n',
      'registries.conf:3: pull-from-mirror: it is for mirrors only',
    ],
    ['[[registry]]\nlocation = "a.io"\nblocked = "no"\n', 'registries.conf:3: blocked: expected true or false'],
    [
      withMirror('location = "a.io"', 'pull-from-mirror = "some"'),
      'registries.conf:5: pull-from-mirror: expected all, digest-only, tag-only',
    ],
    [
      withMirror('location = "a.io"\nmirror-by-digest-only = true', 'pull-from-mirror = "all"'),
      'registries.conf:6: pull-from-mirror: it contradicts',
    ],
    ['[[registry]]\nlocation = "a.io"\n[[registry.mirror]]\n', 'registries.conf:3: mirror: its location is missing'],
    [
      '[[registry]]\nprefix = "a.io/x"\nlocation = "a.io"\n[[registry]]\nprefix = "a.io/y"\nlocation = "a.io"\nblocked = true\n',
      'registries.conf:4: blocked of a.io contradicts registries.conf:1',
    ],
    ['registry = 5\n', 'registries.conf:1: registry: expected tables'],
    ['short-name-mode = "ask"\n', 'registries.conf:1: short-name-mode: expected enforcing, permissive, disabled'],
  ])('refuses %j', (text, problem) => {
    const { problems } = found('a.io/x/y:1', text)
    expect(problems.join('\n')).toContain(problem)
    expect(problems.join('\n')).not.toContain('canary')
  })

  it('refuses a file that is not there, and takes a byte order mark', () => {
    const root = directoryOf({})
    const { problems } = find('a.io/x:1', root, (into) => registriesConf(join(root, 'x.conf'), into, () => undefined))
    expect(problems).toEqual(['--registries-conf: x.conf does not exist'])
    expect(asked(found('a.io/x:1', `\uFEFF${withMirror('location = "a.io"')}`).route)).toHaveLength(2)
  })
})
