import { describe, expect, it } from 'vitest'
import { imagesOf, readFiles, unknownIn, unreadableIn } from './files.ts'

describe('a project that includes others', () => {
  it('has their services, with the short syntax', () => {
    const read = readFiles({
      'compose.yaml': 'include:\n  - ../lib/compose.yaml\n  - db.yaml\nservices:\n  web: {image: web}\n',
      '../lib/compose.yaml': 'services: {lib: {image: "lib:${TAG}"}}\n',
      '../lib/.env': 'TAG=of-lib\n',
      'db.yaml': 'services: {db: {image: "db:${TAG:-none}"}}\n',
    })
    expect(imagesOf(read)).toEqual([
      'db:none <- service db @ db.yaml:1:25',
      'lib:of-lib <- service lib @ ../lib/compose.yaml:1:26',
      'web <- service web @ compose.yaml:5:16',
    ])
  })

  it('lets its own environment win over that of an included project', () => {
    const files = {
      'compose.yaml': 'include: [lib/compose.yaml]\n',
      'lib/compose.yaml': 'services: {lib: {image: "lib:${TAG}"}}\n',
      'lib/.env': 'TAG=of-lib\n',
    }
    expect(readFiles(files).images[0]?.image).toBe('lib:of-lib')
    expect(readFiles({ ...files, '.env': 'TAG=own\n' }).images[0]?.image).toBe('lib:own')
    expect(readFiles(files, { environment: { TAG: 'process' } }).images[0]?.image).toBe('lib:process')
  })

  it('does not get the environment of an included project', () => {
    const read = readFiles({
      'compose.yaml': 'include: [lib/compose.yaml]\nservices: {web: {image: "web:$TAG"}}\n',
      'lib/compose.yaml': 'services: {lib: {image: "lib:$TAG"}}\n',
      'lib/.env': 'TAG=1\n',
    })
    expect(read.images.map(({ image }) => image)).toEqual(['lib:1'])
    expect(unknownIn(read)).toEqual([expect.stringMatching(/^web:\$TAG .* the variable TAG has no value/)])
  })

  it('merges a list of files, with a directory and environment files of its own (long syntax)', () => {
    const read = readFiles({
      'compose.yaml': `include:
  - path: [lib/compose.yaml, lib-override.yaml]
    project_directory: elsewhere
    env_file: [first.env, second.env]
`,
      'lib/compose.yaml': 'services:\n  lib: {image: "lib:$A"}\n  base: {extends: {file: base.yaml, service: base}}\n',
      'lib-override.yaml': 'services: {lib: {image: "lib:$A-$B"}}\n',
      'elsewhere/base.yaml': 'services: {base: {image: "base:$B"}}\n',
      'elsewhere/.env': 'A=not\nB=not\n',
      'first.env': 'A=1\nB=1\n',
      'second.env': 'B=2\n',
    })
    expect(imagesOf(read)).toEqual([
      'lib:1-2 <- service lib @ lib-override.yaml:1:26',
      'base:2 <- service base @ elsewhere/base.yaml:1:27',
    ])
  })

  it('takes .env of the directory that is named for it, and none at all for /dev/null', () => {
    const files = (rest: string) => ({
      'compose.yaml': `include: [{path: lib/compose.yaml${rest}}]\n`,
      'lib/compose.yaml': 'services: {lib: {image: "lib:${TAG:-none}"}}\n',
      'lib/.env': 'TAG=lib\n',
      'site/.env': 'TAG=site\n',
    })
    expect(readFiles(files('')).images[0]?.image).toBe('lib:lib')
    expect(readFiles(files(', project_directory: site')).images[0]?.image).toBe('lib:site')
    expect(readFiles(files(', env_file: /dev/null')).images[0]?.image).toBe('lib:none')
  })

  it('may itself be included, each seen from the directory of the one that includes it', () => {
    const read = readFiles({
      'compose.yaml': 'include: [a/compose.yaml]\n',
      'a/compose.yaml': 'include: [b/compose.yaml]\n',
      'a/b/compose.yaml': 'services: {deep: {image: "deep:$A$B"}}\nmodels: {m: {model: ai/m}}\n',
      'a/.env': 'A=1\n',
      'a/b/.env': 'A=0\nB=2\n',
    })
    expect(imagesOf(read)).toEqual(['deep:12 <- service deep @ a/b/compose.yaml:1:27'])
    expect(read.leftOut.map(({ usedBy }) => usedBy)).toEqual(['model m'])
  })

  it('says over an included service what it wants, also to remove it', () => {
    const files = (service: string) => ({
      'compose.yaml': `include: [lib.yaml]\nservices: {lib: ${service}}\n`,
      'lib.yaml': 'services: {lib: {image: "lib:1", build: .}}\n',
    })
    expect(readFiles(files('{image: "lib:2"}')).services).toMatchObject([{ image: 'lib:2', isBuildable: true }])
    expect(readFiles(files('{build: !reset null}')).services).toMatchObject([{ image: 'lib:1', isBuildable: false }])
    expect(readFiles(files('!reset null')).services).toEqual([])
  })

  it('is read with variables in the path', () => {
    const files = {
      'compose.yaml': 'include: ["${DIR:-lib}/compose.yaml"]\n',
      'lib/compose.yaml': 'services: {a: {image: a}}\n',
    }
    expect(readFiles(files).images).toHaveLength(1)
    expect(unreadableIn(readFiles(files, { environment: { DIR: 'no' } }))).toEqual([
      'compose.yaml:1:12: no/compose.yaml cannot be read: it does not exist',
    ])
  })
})

describe('what cannot be included', () => {
  it.each([
    ['a file that is not there', '[no.yaml]', 'compose.yaml:1:11: no.yaml cannot be read: it does not exist'],
    [
      'one of several files',
      '[{path: [ok.yaml, no.yaml]}]',
      'compose.yaml:1:28: no.yaml cannot be read: it does not exist',
    ],
    [
      'a repository elsewhere',
      '["https://example.com/stack.git"]',
      'compose.yaml:1:12: https://example.com/stack.git is not on this machine, and is not fetched',
    ],
    [
      'a path whose variable has no value',
      '["$DIR/a.yaml"]',
      'compose.yaml:1:12: the variable DIR has no value; set it in the environment, in .env or with --env-file',
    ],
    ['nothing', '[{env_file: x}]', 'compose.yaml:1:11: an include must name a file'],
    ['a number', '[{path: {a: 1}}]', 'compose.yaml:1:11: an include must name a file'],
    ['no list', 'ok.yaml', 'compose.yaml:1:10: include must be a list'],
    ['itself', '[compose.yaml]', 'compose.yaml:1:11: include leads back to itself: compose.yaml, compose.yaml'],
    [
      'what includes it',
      '[back.yaml]',
      'back.yaml:1:11: include leads back to itself: compose.yaml, back.yaml, compose.yaml',
    ],
  ])('%s: is named, and the rest is read', (_what, include, unreadable) => {
    const read = readFiles({
      'compose.yaml': `include: ${include}\nservices: {web: {image: web}}\n`,
      'ok.yaml': 'services: {ok: {image: ok}}\n',
      'back.yaml': 'include: [compose.yaml]\n',
    })
    expect(unreadableIn(read)).toEqual([unreadable])
    expect(read.images.map(({ image }) => image)).toEqual(['web'])
  })

  it('an environment file that is not there: what it may set is unknown', () => {
    const read = readFiles({
      'compose.yaml': 'include: [{path: lib.yaml, env_file: no.env}]\n',
      'lib.yaml': 'services: {a: {image: "a:${TAG:-1}"}, b: {image: b}}\n',
    })
    expect(unreadableIn(read)).toEqual(['compose.yaml:1:38: no.env cannot be read: it does not exist'])
    expect(unknownIn(read)).toEqual([
      'a:${TAG:-1} <- service a @ lib.yaml:1:24: the variable TAG may be set in no.env, which cannot be read',
    ])
    expect(read.images.map(({ image }) => image)).toEqual(['b'])
  })

  it('projects that double with each level', () => {
    const levels = Object.fromEntries(
      Array.from({ length: 40 }, (_, n) => [`l${n}.yaml`, `include: [l${n + 1}.yaml, l${n + 1}.yaml]\n`]),
    )
    const read = readFiles({ ...levels, 'l40.yaml': 'services: {a: {image: a}}\n' }, { named: ['l0.yaml'] })
    expect(unreadableIn(read)[0]).toMatch(/: more than 1000 projects are included$/)
    expect(read.images).toHaveLength(1)
  })
})
