// biome-ignore-all lint/suspicious/noTemplateCurlyInString: many kinds of files have variables of this form
import { describe, expect, it } from 'vitest'
import { kindOf, type ReferenceKind } from '../../src/references/kind.ts'

const COMPOSE = `name: shop
services:
  web:
    image: nginx:1.27
    script: not a job
  db: {image: "postgres:16"}
volumes: {data: {}}
`
const GITLAB = `stages: [test]
test:
  image: node:22
  script: [npm test]
`
const WORKFLOW = `on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    container: node:22
    steps: [{run: npm test}]
`
const WOODPECKER = `steps:
  - name: test
    image: golang:1.23
    commands: [go test]
`

/** In none of them the name says anything. */
const BY_CONTENT: readonly [what: string, kind: ReferenceKind, text: string][] = [
  ['a compose file', 'compose', COMPOSE],
  ['a compose file in JSON', 'compose', '{"services": {"web": {"image": "nginx", "environment": {"steps": "x"}}}}'],
  ['a compose file with an extension', 'compose', `x-common: &c {restart: always}\n${COMPOSE}`],
  ['a manifest', 'kubernetes', 'apiVersion: v1\nkind: Pod\nspec: {containers: [{image: a}]}\n'],
  [
    'a manifest after comments and markers',
    'kubernetes',
    '---\n# Source: chart/templates/a.yaml\n---\nkind: Pod\napiVersion: v1\n',
  ],
  [
    'a ConfigMap with a compose file',
    'kubernetes',
    `apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: ConfigMap\n  data:\n    compose.yaml: |\n${COMPOSE.replaceAll(/^/gm, '      ')}`,
  ],
  [
    'what kubectl prints, whose kind is at the end',
    'kubernetes',
    '{\n    "apiVersion": "v1",\n    "items": [\n        {"kind": "Pod", "services": {}}\n',
  ],
  [
    'a manifest with a service and jobs in annotations',
    'kubernetes',
    'metadata: {name: a}\nservices: {}\njobs: {}\non: x\napiVersion: v1\nkind: Custom\n',
  ],
  [
    'a Dockerfile',
    'dockerfile',
    '# syntax=docker/dockerfile:1\nARG T=1\nFROM --platform=$BUILDPLATFORM golang:$T AS build\nRUN go build\n',
  ],
  ['a Dockerfile with YAML in a heredoc', 'dockerfile', 'FROM a\nRUN <<EOF\napiVersion: v1\nkind: Pod\nEOF\n'],
  ['a pipeline', 'gitlab-ci', GITLAB],
  ['a pipeline with a header', 'gitlab-ci', `spec:\n  inputs: {a: }\n---\n${GITLAB}`],
  ['a pipeline of templates', 'gitlab-ci', '.base:\n  image: a\n  before_script: [x]\n'],
  ['a workflow without a name', 'github-actions', WORKFLOW],
  ['an action', 'github-actions', 'name: a\nruns:\n  using: docker\n  image: docker://alpine:3\n'],
  ['a workflow of Woodpecker', 'woodpecker', WOODPECKER],
  ['a workflow of Woodpecker with services', 'woodpecker', `${WOODPECKER}services:\n  db:\n    image: postgres\n`],
  ['a list', 'list', '# ours\nalpine:3.20\nregistry.example.com/app # x\n\nredis\n'],
  ['a list with a line that is no reference', 'list', 'alpine:3.20\nregistry.example.com/app\nUPPER:1\n'],
]

/** What does not say what it is, with its name. */
const BY_NAME: readonly [name: string, kind: ReferenceKind, text: string][] = [
  ['compose.yaml', 'compose', 'include: [other.yaml]\n'],
  ['docker-compose.prod.yml', 'compose', 'volumes: {a: {}}\n'],
  ['.gitlab-ci.yml', 'gitlab-ci', 'include: [other.yaml]\n'],
  ['repo/.gitlab/ci/base.yml', 'gitlab-ci', '.base: {image: a}\n'],
  ['.github/workflows/a.yml', 'github-actions', 'jobs: {}\n'],
  ['.woodpecker/a.yaml', 'woodpecker', 'when: {event: push}\n'],
  ['app.Dockerfile', 'dockerfile', '# INCLUDE base\nUSER x\n'],
  ['Dockerfile.dev', 'dockerfile', 'RUN x\n'],
  ['build/Containerfile', 'dockerfile', 'RUN x\n'],
]

const NOT_GUESSED: readonly [what: string, name: string, text: string, because: RegExp][] = [
  [
    'values of a Helm chart',
    'values.yaml',
    'image:\n  repository: nginx\n  tag: "1"\nservice: {port: 80}\n',
    /helm template/,
  ],
  [
    'values of a Helm chart with parts',
    'values.yaml',
    'web:\n  image:\n    repository: nginx\napi:\n  image:\n    repository: api\n',
    /helm template/,
  ],
  ['a template of a chart', 'a.yaml', '{{- range .Values.jobs }}\nimage: {{ . }}\n{{- end }}\n', /it is a template/],
  [
    'a kustomization',
    'kustomization.yaml',
    'resources:\n- a.yaml\nimages: [{name: a, newTag: "1"}]\n',
    /kustomize build/,
  ],
  [
    'a compose file of version 1',
    'docker-compose.yml',
    'web:\n  image: nginx\n  ports: ["80:80"]\ndb:\n  build: .\n',
    /version 1/,
  ],
  [
    'a playbook',
    'site.yml',
    '- hosts: all\n  tasks:\n  - name: run\n    docker_container: {image: "a:1"}\n',
    /--from-type/,
  ],
  [
    'Azure Pipelines',
    'azure-pipelines.yml',
    'trigger: [main]\npool: {vmImage: ubuntu-24.04}\nsteps:\n- script: npm test\n',
    /--from-type/,
  ],
  ['CircleCI', '.circleci/config.yml', 'version: 2.1\njobs:\n  test:\n    docker: [{image: "a:1"}]\n', /--from-type/],
  ['Drone', '.drone.yml', 'kind: pipeline\ntype: docker\nsteps:\n- name: a\n  image: a\n', /--from-type/],
  [
    'Buildkite',
    'pipeline.yml',
    'steps:\n- label: a\n  command: make\n  plugins:\n  - docker#v5: {image: a}\n',
    /--from-type/,
  ],
  ['a package of npm', 'package.json', '{"name": "a", "scripts": {"test": "x"}, "version": "1"}', /--from-type/],
  ['Python', 'a.py', 'from os import path\nimport sys\n', /--from-type/],
  ['variables', '.env', 'TAG=1\nIMAGE=a:1\n', /--from-type/],
  ['words', 'words.txt', 'one\ntwo\nthree\n', /--from-type/],
  ['prose', 'README', 'alpine:3 is what we use\n', /--from-type/],
  ['what Docker ignores', 'Dockerfile.dockerignore', 'node_modules\n', /--from-type/],
]

describe('kindOf', () => {
  it.each(BY_CONTENT)('sees in its content that it is %s', (_, kind, text) => {
    expect(kindOf({ name: '-', text })).toEqual({ kind })
    expect(kindOf({ name: 'misleading/.gitlab-ci.yml', text: text.replaceAll('\n', '\r\n') })).toEqual({ kind })
  })

  it.each(BY_NAME)('sees in the name of %s what it is', (name, kind, text) => {
    expect(kindOf({ name, text })).toEqual({ kind })
    expect(kindOf({ name: 'other.txt', text })).not.toEqual({ kind })
  })

  it.each(NOT_GUESSED)('does not guess: %s', (_, name, text, because) => {
    expect(kindOf({ name, text })).toMatchObject({ because: expect.stringMatching(because) })
    expect(kindOf({ name, text })).not.toHaveProperty('kind')
  })

  it('looks only at the beginning of a large file', () => {
    const text = 'apiVersion: v1\nkind: Pod\n'
    expect(kindOf({ name: '-', text: `${'a: 1\n'.repeat(1000)}${text}` })).toEqual({ kind: 'kubernetes' })
    expect(kindOf({ name: '-', text: `${'a: 1\n'.repeat(100_000)}${text}` })).not.toEqual({ kind: 'kubernetes' })
  })
})
