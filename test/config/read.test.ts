import { describe, expect, it } from 'vitest'
import { sentenceOf } from '../../src/config/problem.ts'
import { readConfig } from '../../src/config/read.ts'

const problemsOf = (text: string): string[] =>
  readConfig(text).problems.map((problem) => sentenceOf('regfsck.yaml', problem))

describe('a configuration file', () => {
  it('is read as it is written', () => {
    const { config, problems } = readConfig(`
listen: 127.0.0.1:9847
state: /var/lib/regfsck
scans-at-once: 2
log-level: warn
defaults: {depth: blobs, recheck-delay: 5s}
registries:
  - name: private
    target: /var/lib/registry
    interval: 15m
  - name: mirror
    target: https://mirror.example.com
    repositories: [infra/*]
    profiles:
      - {name: fast, depth: graph, interval: 300}
      - {name: deep, depth: content, interval: 1w1d, deadline: 1h30m}
`)
    expect(problems).toEqual([])
    expect(config?.registries?.map(({ name, profiles }) => [name, profiles?.map((profile) => profile.name)])).toEqual([
      ['private', undefined],
      ['mirror', ['fast', 'deep']],
    ])
    expect(config?.defaults).toEqual({ depth: 'blobs', 'recheck-delay': '5s' })
  })

  it('may be JSON, and may be empty', () => {
    expect(readConfig('{"registries": [{"name": "a", "target": "/a"}]}').problems).toEqual([])
    expect(readConfig('').config).toEqual({})
  })

  it('has all its problems reported at once, each with its line and its key', () => {
    expect(
      problemsOf(`
listen: 127.0.0.1:99999
registrys: []
defaults:
  depht: blobs
  concurrency: 0
  push: 3
registries:
  - name: a
    target: https://x
    depth: deep
    repositories: a b
    profiles:
      - nam: fast
        interval: soon
  - target: /x
    engine: 4
    pull-through: "yes"
    sparse: [has space, "has space"]
    profiles: []
`),
    ).toEqual([
      'regfsck.yaml:2: listen: expected a port of at most 65535, not "127.0.0.1:99999"',
      'regfsck.yaml:3: registrys: unknown key; did you mean registries?',
      'regfsck.yaml:5: defaults.depht: unknown key; did you mean depth?',
      'regfsck.yaml:6: defaults.concurrency: expected a whole number of at least 1, not 0',
      'regfsck.yaml:7: defaults.push: expected text, not 3',
      'regfsck.yaml:11: registries[0].depth: expected blobs, graph or content, not "deep"',
      'regfsck.yaml:12: registries[0].repositories: expected a list, not "a b"',
      'regfsck.yaml:14: registries[0].profiles[0].name: is missing: expected text',
      'regfsck.yaml:14: registries[0].profiles[0].nam: unknown key; did you mean name?',
      'regfsck.yaml:15: registries[0].profiles[0].interval: expected a duration such as 500ms, 3s, 1h30m or 7d, not "soon"',
      'regfsck.yaml:16: registries[1].name: is missing: expected text',
      'regfsck.yaml:17: registries[1].engine: expected 2.8, 3 or all, not 4',
      'regfsck.yaml:18: registries[1].pull-through: expected true or false, not "yes"',
      'regfsck.yaml:19: registries[1].sparse[0]: expected a word without spaces, not "has space"',
      'regfsck.yaml:19: registries[1].sparse[1]: expected a word without spaces, not "has space"',
      'regfsck.yaml:20: registries[1].profiles: expected at least one profile; leave the key out for none',
    ])
  })

  it.each([
    ['a: [', 1, 'invalid YAML'],
    ['listen: a:1\nlisten: b:2', 2, 'unique'],
    ['[]', undefined, 'expected a mapping, not a list'],
    ['just words', undefined, 'expected a mapping, not "just words"'],
    ['registries:\n  - 7', 2, 'expected a mapping, not 7'],
    ['state: /x\nlisten: [::]:9847', 2, '; an address in brackets needs quotes'],
  ])('is refused with one clear line: %j', (text, line, says) => {
    const { config, problems } = readConfig(text)
    expect(config).toBeUndefined()
    expect(problems).toHaveLength(1)
    expect(problems[0]?.line).toBe(line)
    expect(problems[0]?.says).toContain(says)
  })

  it('cannot be made to stand for more than it is', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghi'].map((key, n) => `${key}: &${key} [${Array(9).fill(`*${'abcdefghi'[n]}`).join()}]`).join('\n')}`
    expect(problemsOf(bomb)).toHaveLength(1)
    expect(problemsOf(bomb)[0]).toMatch(/invalid YAML: .*alias/i)
  })

  it.each(['\u0007bell', '\u202eright', '', ' ', '..'])('has no registry called %j', (name) => {
    expect(problemsOf(`registries: [{name: ${JSON.stringify(name)}, target: /a}]`)).toHaveLength(1)
  })

  it.each(['private', 'reg.example.com:5000/prefix', 'größe', '-dash', 'with space'])(
    'may have one called %j',
    (name) => {
      expect(problemsOf(`registries: [{name: ${JSON.stringify(name)}, target: /a}]`)).toEqual([])
    },
  )
})
