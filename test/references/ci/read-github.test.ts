// biome-ignore-all lint/suspicious/noTemplateCurlyInString: GitHub's expressions have a similar form
import { describe, expect, it } from 'vitest'
import { readGitHub } from '../../../src/references/ci/github/read-github.ts'

const REALISTIC = `name: CI
on:
  push: {branches: [main]}
  pull_request:
env:
  TAG: "1"
jobs:
  test:
    runs-on: ubuntu-24.04
    strategy:
      matrix:
        node: [20, 22]
        db: ["postgres:15", "postgres:16.4"]
        exclude:
          - {node: 20, db: "postgres:15"}
        include:
          - {node: 24, db: "postgres:17"}
    container:
      image: node:\${{ matrix.node }}-slim
      credentials: {username: me, password: "\${{ secrets.TOKEN }}"}
    services:
      db:
        image: \${{ matrix['db'] }}
        ports: [5432]
      cache:
        image: "redis:7.4" # the cache
    steps:
      - uses: actions/checkout@v4
      - name: lint
        uses: docker://ghcr.io/hadolint/hadolint:v2.12.0
      - run: |
          echo 'image: never:1'
  docs:
    runs-on: ubuntu-24.04
    container: ghcr.io/shop/docs:3
    steps: [{run: make}]
  release:
    uses: ./.github/workflows/release.yml
  audit:
    uses: shop/ci/.github/workflows/audit.yml@v1
`

describe('readGitHub', () => {
  it('reads what the jobs of a workflow run in', () => {
    const read = readGitHub({ name: '.github/workflows/ci.yml', text: REALISTIC })
    expect(read.images.map(({ image, place, usedBy }) => `${place.line}:${place.column} ${image} | ${usedBy}`)).toEqual(
      [
        '19:14 node:20-slim | job test',
        '19:14 node:22-slim | job test',
        '19:14 node:24-slim | job test',
        '23:16 postgres:16.4 | job test, service db',
        '23:16 postgres:15 | job test, service db',
        '23:16 postgres:17 | job test, service db',
        '26:17 redis:7.4 | job test, service cache',
        '30:15 ghcr.io/hadolint/hadolint:v2.12.0 | job test, step lint',
        '35:16 ghcr.io/shop/docs:3 | job docs',
      ],
    )
    expect(read.unknown.map(({ text, usedBy, because }) => `${text} | ${usedBy} | ${because}`)).toEqual([
      'shop/ci/.github/workflows/audit.yml@v1 | job audit | workflows of other repositories are not read',
    ])
    expect(read.unreadable).toEqual([])
  })

  it('says where an image can be replaced, and only there', () => {
    const text = REALISTIC.replaceAll('\n', '\r\n')
    const { images } = readGitHub({ name: 'f', text })
    expect(images.flatMap(({ span }) => (span ? [text.slice(span.start, span.end)] : []))).toEqual([
      'redis:7.4',
      'ghcr.io/hadolint/hadolint:v2.12.0',
      'ghcr.io/shop/docs:3',
    ])
  })

  it.each<[what: string, text: string, images: string[]]>([
    ['an action that is an image', 'name: a\nruns: {using: docker, image: "docker://alpine:3"}', ['alpine:3']],
    ['an action that is built from a Dockerfile', 'name: a\nruns: {using: docker, image: Dockerfile}', []],
    ['steps of an action', 'runs: {using: composite, steps: [{uses: "docker://a:1"}, {uses: a/b@v1}]}', ['a:1']],
    [
      'a matrix of mappings',
      job('strategy: {matrix: {os: [{image: a}, {image: b}]}}, container: "${{ matrix.os.image }}"'),
      ['a', 'b'],
    ],
    [
      'a container that is a mapping of the matrix',
      job('strategy: {matrix: {c: [{image: a}]}}, container: "${{ matrix.c }}"'),
      ['a'],
    ],
    [
      'a matrix of includes alone',
      job('strategy: {matrix: {include: [{c: a}, {c: b}]}}, container: "${{ matrix.c }}"'),
      ['a', 'b'],
    ],
    [
      'an include that adds to all',
      job('strategy: {matrix: {v: [1, 2], include: [{n: a}]}}, container: "${{ matrix.n }}:${{ matrix.v }}"'),
      ['a:1', 'a:2'],
    ],
    [
      'a job of the matrix without a container',
      job('strategy: {matrix: {c: [a, ""]}}, container: "${{ matrix.c }}"'),
      ['a'],
    ],
    [
      'a number, as GitHub turns it to text',
      job('strategy: {matrix: {v: [1.10]}}, container: "a:${{ matrix.v }}"'),
      ['a:1.1'],
    ],
    ['a service without an image, which does not start', job('services: {db: {image: ""}}'), []],
    ['docker:// before a container', job('container: "docker://a:1"'), ['a:1']],
    ['no container', job('steps: [{run: x}]'), []],
  ])('reads %s', (_, text, images) => {
    const read = readGitHub({ name: 'f', text })
    expect(read.images.map(({ image }) => image)).toEqual(images)
    expect(read).toMatchObject({ unknown: [], unreadable: [] })
  })

  it.each<[what: string, text: string, written: string, because: string]>([
    [
      'another context',
      job('container: "a:${{ vars.TAG }}"'),
      'a:${{ vars.TAG }}',
      'the value of vars.TAG is known only when the workflow runs',
    ],
    [
      'a computed matrix',
      job('strategy: {matrix: "${{ fromJSON(x) }}"}, container: "${{ matrix.c }}"'),
      '${{ matrix.c }}',
      'its matrix is computed when the workflow runs',
    ],
    [
      'a computed list',
      job('strategy: {matrix: {c: "${{ fromJSON(x) }}"}}, container: "${{ matrix.c }}"'),
      '${{ matrix.c }}',
      'its matrix is computed when the workflow runs',
    ],
    [
      'a computed value',
      job('strategy: {matrix: {c: ["${{ vars.C }}"]}}, container: "${{ matrix.c }}"'),
      '${{ matrix.c }}',
      'matrix.c is computed when the workflow runs',
    ],
    [
      'a choice',
      job('strategy: {matrix: {c: [a]}}, container: "${{ matrix.c || github.ref }}"'),
      '${{ matrix.c || github.ref }}',
      'the value of matrix.c || github.ref is known only when the workflow runs',
    ],
    [
      'an expression in uses',
      job('steps: [{uses: "docker://a:${{ github.sha }}"}]'),
      'docker://a:${{ github.sha }}',
      'GitHub replaces no expressions in uses',
    ],
    ['a number', job('container: 5'), '5', 'it is not text; put it in quotation marks'],
    ['a container without an image', job('container: {options: x}'), '{options: x}', 'it is a mapping, not text'],
    [
      'a matrix that is too large',
      job(`strategy: {matrix: {c: [${'1,'.repeat(257)}]}}, container: "a:\${{ matrix.c }}"`),
      'a:${{ matrix.c }}',
      'its matrix makes more than 256 jobs',
    ],
  ])('does not guess: %s', (_, text, written, because) => {
    const read = readGitHub({ name: 'f', text })
    expect(read.images).toEqual([])
    expect(read.unknown).toMatchObject([{ text: written, because }])
  })

  it('reports what is no YAML, and what is no workflow', () => {
    expect(readGitHub({ name: 'f', text: 'jobs: [1' }).unreadable).toMatchObject([{ place: { line: 1 } }])
    expect(readGitHub({ name: 'f', text: '- a' }).unreadable).toMatchObject([
      { because: 'it is not a mapping with jobs' },
    ])
  })
})

function job(settings: string): string {
  return `on: push\njobs: {t: {runs-on: x, ${settings}}}\n`
}
