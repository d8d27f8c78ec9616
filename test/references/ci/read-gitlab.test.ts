// biome-ignore-all lint/suspicious/noTemplateCurlyInString: GitLab has variables of the same form
import { describe, expect, it } from 'vitest'
import { readGitLab } from '../../../src/references/ci/gitlab/read-gitlab.ts'
import type { ReadSibling, ReferencesRead } from '../../../src/references/reference.ts'

/** A pipeline of the usual kind: a default, templates, a database, a matrix, an image that was built before. */
const REALISTIC = `# The shop's pipeline
stages: [build, test, deploy]

variables:
  NODE_VERSION: "22"
  REGISTRY: registry.example.com/mirror

default:
  image: $REGISTRY/node:\${NODE_VERSION}-slim
  cache: {paths: [node_modules]}

.docker:
  image:
    name: docker:27.3
    entrypoint: [""]
  services:
    - name: docker:27.3-dind
      alias: docker
  before_script: [docker info]

.unused:
  image: never:1

build:
  extends: .docker
  stage: build
  script: [docker build .]

lint:
  stage: test
  script: [npm run lint]

unit:
  stage: test
  services:
    - postgres:16.4
    - name: $REGISTRY/redis:7.4
      alias: cache
      docker: {platform: linux/arm64}
  script: [npm test]

browsers:
  stage: test
  image: mcr.example.com/playwright:v$VERSION-$FLAVOR
  parallel:
    matrix:
      - VERSION: ["1.48.0", "1.49.0"]
        FLAVOR: noble
  script: [npm run e2e]

scan:
  stage: test
  image: $CI_REGISTRY_IMAGE:$CI_COMMIT_SHA
  script: [scan]

child:
  trigger:
    project: shop/infra
`

const alone: ReadSibling = () => ({ isMissing: true, because: 'it does not exist' })

describe('readGitLab', () => {
  it('reads what the jobs of a pipeline run in', () => {
    const read = readGitLab({ name: '.gitlab-ci.yml', text: REALISTIC }, alone)
    expect(told(read)).toEqual([
      '14:11 docker:27.3 | job build',
      '17:13 docker:27.3-dind | job build, service docker',
      '9:10 registry.example.com/mirror/node:22-slim | jobs lint and unit',
      '36:7 postgres:16.4 | job unit, service postgres:16.4',
      '37:13 registry.example.com/mirror/redis:7.4 | job unit, service cache',
      '44:10 mcr.example.com/playwright:v1.48.0-noble | job browsers',
      '44:10 mcr.example.com/playwright:v1.49.0-noble | job browsers',
    ])
    expect(read.images.map(({ platform }) => platform).filter(Boolean)).toEqual(['linux/arm64'])
    expect(read.unknown.map(({ text, usedBy, because }) => `${text} | ${usedBy} | ${because}`)).toEqual([
      '$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA | job scan | GitLab gives CI_REGISTRY_IMAGE a value when a pipeline runs',
    ])
    expect(read.unreadable).toEqual([])
  })

  it('says where an image can be replaced, and only there', () => {
    const { images } = readGitLab({ name: 'f', text: REALISTIC.replaceAll('\n', '\r\n') }, alone)
    const text = REALISTIC.replaceAll('\n', '\r\n')
    expect(images.flatMap(({ span }) => (span ? [text.slice(span.start, span.end)] : []))).toEqual([
      'docker:27.3',
      'docker:27.3-dind',
      'postgres:16.4',
    ])
  })

  it.each<[what: string, text: string, images: string[]]>([
    ['an image for all jobs', 'image: a\nt: {script: x}', ['a']],
    ['a default that no job uses', 'default: {image: a}\nt: {script: x, image: b}', ['b']],
    [
      'a default that a job does not inherit',
      'default: {image: a, services: [b]}\nt: {script: x, inherit: {default: [services]}}',
      ['b'],
    ],
    ['no inheritance at all', 'default: {image: a}\nt: {script: x, inherit: {default: false}}', []],
    ['a job that starts another pipeline, in no container', 'image: a\nt: {trigger: {project: p}}', ['a']],
    ['hidden jobs, that others do not extend', '.t: {script: x, image: a}\nu: {script: x, image: b}', ['b']],
    ['hidden jobs that others extend', '.t: {image: a}\n.u: {extends: .t}\nv: {script: x, extends: [.u]}', ['a']],
    ['the last of several parents', '.a: {image: a}\n.b: {image: b}\nt: {extends: [.a, .b], script: x}', ['b']],
    ['its own image before that of a parent', '.a: {image: a}\nt: {extends: .a, script: x, image: b}', ['b']],
    [
      'a parent that is merged key by key',
      '.a: {image: {name: a, entrypoint: [x]}}\nt: {extends: .a, script: x, image: {entrypoint: [y]}}',
      ['a'],
    ],
    [
      'variables of a parent',
      '.a: {image: "a:$T", variables: {T: 1}}\nt: {extends: .a, script: x, variables: {T: 2}}',
      ['a:2'],
    ],
    ['a reference to another job', '.a: {image: a}\nt: {script: x, image: !reference [.a, image]}', ['a']],
    [
      'a reference to a part of a list',
      '.a: {services: [a, b]}\nt: {script: x, services: [!reference [.a, services], c]}',
      ['a', 'b', 'c'],
    ],
    [
      'a reference to what a job inherits',
      '.a: {image: {name: a}}\n.b: {extends: .a}\nt: {script: x, image: !reference [.b, image, name]}',
      ['a'],
    ],
    ['an anchor', '.a: &a {image: a}\nt:\n  <<: *a\n  script: x', ['a']],
    ['a number, as GitLab turns it to text', 'variables: {T: 1.10}\nt: {script: x, image: "a:$T"}', ['a:1.1']],
    [
      'a variable with a description',
      'variables: {T: {value: "1", description: d}}\nt: {script: x, image: "a:$T"}',
      ['a:1'],
    ],
    [
      'variables in variables',
      'variables: {A: "$B/a", B: "r.example"}\nt: {script: x, image: "${A}:1"}',
      ['r.example/a:1'],
    ],
    ['a doubled dollar', 't: {script: x, image: "a$$b"}', ['a$b']],
    [
      'a value for each rule',
      't: {script: x, image: "a:$T", rules: [{if: x, variables: {T: 1}}, {if: y, variables: {T: 2}}, {when: never}]}',
      ['a:1', 'a:2'],
    ],
    [
      'a value for each rule, and the one without',
      't: {script: x, image: "a:$T", variables: {T: 0}, rules: [{if: x, variables: {T: 1}}, {when: always}]}',
      ['a:1', 'a:0'],
    ],
    [
      'a value for each rule of the workflow',
      'workflow: {rules: [{if: x, variables: {T: 1}}, {if: y, variables: {T: 2}}]}\nt: {script: x, image: "a:$T"}',
      ['a:1', 'a:2'],
    ],
    [
      'an input with a default',
      'spec: {inputs: {tag: {default: "1"}}}\n---\nt: {script: x, image: "a:$[[ inputs.tag ]]"}',
      ['a:1'],
    ],
    ['a default of a file without jobs', 'default: {image: a}\n.t: {image: b}', ['a']],
    ['no image', 't: {script: x, image: }', []],
    ['pages, which is a job', 'pages: {script: x, image: a}', ['a']],
  ])('reads %s', (_, text, images) => {
    const read = readGitLab({ name: '.gitlab-ci.yml', text }, alone)
    expect(read.images.map(({ image }) => image)).toEqual(images)
    expect(read).toMatchObject({ unknown: [], unreadable: [] })
  })

  it.each<[what: string, text: string, written: string, because: string]>([
    ['a variable without a value', 't: {script: x, image: "a:$T"}', 'a:$T', 'the variable T has no value in the file'],
    [
      'a variable that a job does not inherit',
      'variables: {T: 1}\nt: {script: x, image: "a:$T", inherit: {variables: false}}',
      'a:$T',
      'the variable T has no value in the file',
    ],
    [
      'a variable that stands for itself',
      'variables: {A: $B, B: $A}\nt: {script: x, image: $A}',
      '$A',
      'the value of A needs too many variables, or itself',
    ],
    [
      'a bomb of variables',
      'variables: {A: $B$B$B$B, B: $C$C$C$C, C: $D$D$D$D, D: $E$E$E$E, E: ""}\nt: {script: x, image: $A}',
      '$A',
      'the value of E needs too many variables, or itself',
    ],
    [
      'the form of a shell',
      'variables: {T: 1}\nt: {script: x, image: "a:${T:-1}"}',
      'a:${T:-1}',
      'GitLab does not know the form ${T:-1}',
    ],
    [
      'an input without a default',
      'spec: {inputs: {tag: }}\n---\nt: {script: x, image: "a:$[[ inputs.tag ]]"}',
      'a:$[[ inputs.tag ]]',
      'the input tag has no value',
    ],
    ['a number', 't: {script: x, image: 5}', '5', 'it is not text; put it in quotation marks'],
    ['empty text', 't: {script: x, image: ""}', '', 'its name is empty'],
    [
      'a mapping without a name',
      't: {script: x, image: {entrypoint: [a]}}',
      '{entrypoint: [a]}',
      'it is a mapping, not text',
    ],
    ['a template', 't: {script: x, image: "{{ image }}"}', '{{ image }}', 'it is a template that was not rendered'],
    [
      'a parent that is not there',
      't: {extends: .a, script: x}',
      'extends: .a',
      'it is in none of the files that were read',
    ],
    [
      'a matrix that is too large',
      `t: {script: x, image: "a:$A", parallel: {matrix: [{A: [${'1,'.repeat(1001)}]}]}}`,
      'a:$A',
      'its variables have too many values',
    ],
  ])('does not guess: %s', (_, text, written, because) => {
    const read = readGitLab({ name: '.gitlab-ci.yml', text }, alone)
    expect(read.images).toEqual([])
    expect(read.unreadable).toEqual([])
    expect(read.unknown).toMatchObject([{ text: written, because }])
  })

  it('stops at parents that lead in a circle', () => {
    const read = readGitLab(
      { name: 'f', text: '.a: {extends: .b}\n.b: {extends: .a}\nt: {extends: .a, script: x}' },
      alone,
    )
    expect(read.unknown).toMatchObject([{ text: expect.stringMatching(/^extends: \.[ab]$/) }])
  })

  it('extends each job once, however many ways lead to it', () => {
    const jobs = Array.from({ length: 300 }, (_, n) => `.j${n}: {extends: [.j${n + 1}, .j${n + 2}], image: a}`)
    const read = readGitLab({ name: 'f', text: `${jobs.join('\n')}\nt: {extends: .j0, script: x}` }, alone)
    expect(read.images).toMatchObject([{ image: 'a', usedBy: 'job t' }])
    expect(new Set(read.unknown.map(({ place }) => `${place.line}:${place.column}`)).size).toBe(read.unknown.length)
  })

  it('reads the files of the repository that it includes, as GitLab merges them', () => {
    const files: Record<string, string> = {
      'ci/base.yml':
        'spec: {inputs: {tag: {default: "1"}}}\n---\n.base: {image: "base:$[[ inputs.tag ]]", services: [db:1]}\nother: {script: x, image: other:1}\n',
      'ci/more.yml': 'include: /ci/base.yml\nother: {image: other:2}\n',
    }
    const text =
      'include:\n  - local: /ci/more.yml\n  - local: ci/base.yml\n    inputs: {tag: 7}\nt: {extends: .base, script: x}\n'
    const read = readGitLab({ name: 'repo/.gitlab-ci.yml', text }, among(files))
    expect(read.images.map(({ image, place }) => `${place.file}:${place.line} ${image}`)).toEqual([
      'repo/ci/base.yml:4 other:1',
      'repo/ci/base.yml:3 base:7',
      'repo/ci/base.yml:3 db:1',
    ])
    expect(read).toMatchObject({ unknown: [], unreadable: [] })
  })

  it('reads the pipelines that its jobs start', () => {
    const files = { 'child.yml': 't: {script: x, image: c:1}\nagain: {trigger: {include: child.yml}}' }
    const text =
      't: {trigger: {include: [{local: /child.yml}]}}\nu: {trigger: {include: [{artifact: made.yml, job: t}]}}\nv: {script: x, image: a:1}'
    const read = readGitLab({ name: 'repo/.gitlab-ci.yml', text }, among(files))
    expect(read.images.map(({ image }) => image)).toEqual(['a:1', 'c:1'])
    expect(read.unknown).toMatchObject([
      { text: '{artifact: made.yml, job: t}', because: 'a job writes it when the pipeline runs' },
    ])
  })

  it.each<[what: string, include: string, because: string]>([
    ['another project', '{project: infra/ci, file: /build.yml}', 'files of other repositories are not read'],
    ['a URL', 'https://example.com/ci.yml', 'files of other repositories are not read'],
    ['a template', '{template: Jobs/SAST.gitlab-ci.yml}', 'files of other repositories are not read'],
    ['a component', '{component: $CI_SERVER_FQDN/a/b@1}', 'files of other repositories are not read'],
    ['a pattern', '{local: "ci/*.yml"}', 'a pattern of file names is not followed'],
    ['a path that leads out', '{local: /../../etc/passwd}', 'it leads out of the repository'],
    ['a file that is not there', '{local: /gone.yml}', 'it does not exist'],
  ])('says that it did not read %s', (_, include, because) => {
    const text = `include: [${include}]\nimage: a:1\nt: {script: x, image: b:1}\nu: {extends: .there, script: x, image: c:1}`
    const read = readGitLab({ name: '.gitlab-ci.yml', text }, alone)
    expect(read.unknown).toMatchObject([{ text: include, usedBy: 'include', because, place: { line: 1, column: 11 } }])
    expect(told(read)).toEqual(['3:23 b:1 | job t', '4:40 c:1 | job u', '2:8 a:1 | jobs by default'])
  })

  it('says which job has its image from a file that was not read', () => {
    const text = 'include: {project: infra/ci, file: /build.yml}\nt: {extends: .there, script: x}'
    const read = readGitLab({ name: '.gitlab-ci.yml', text }, alone)
    expect(read.unknown).toMatchObject([{ usedBy: 'include' }, { text: 'extends: .there', usedBy: 'job t' }])
  })

  it('reports what is no YAML, and a file that includes itself', () => {
    expect(readGitLab({ name: 'f', text: 't: [1' }, alone).unreadable).toMatchObject([{ place: { line: 1 } }])
    expect(readGitLab({ name: 'f', text: '- a' }, alone).unreadable).toMatchObject([
      { because: 'it is not a mapping of jobs' },
    ])
    const read = readGitLab(
      { name: 'repo/f', text: 'include: f\nt: {script: x, image: a}' },
      among({ f: 'include: f' }),
    )
    expect(read.images).toMatchObject([{ image: 'a' }])
    expect(read.unknown).toMatchObject([{ because: 'it includes itself' }])
  })
})

function told({ images }: ReferencesRead): readonly string[] {
  return images.map(({ image, place, usedBy }) => `${place.line}:${place.column} ${image} | ${usedBy}`)
}

function among(files: Readonly<Record<string, string>>): ReadSibling {
  return (_, path) => {
    const text = files[path]
    return text === undefined ? { isMissing: true, because: 'it does not exist' } : { name: `repo/${path}`, text }
  }
}
