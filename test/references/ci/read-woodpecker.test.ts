// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Woodpecker has variables of the same form
import { describe, expect, it } from 'vitest'
import { readWoodpecker } from '../../../src/references/ci/woodpecker/read-woodpecker.ts'

const REALISTIC = `when:
  - event: [push, pull_request]

matrix:
  GO_VERSION:
    - 1.22
    - 1.10
  DB: [postgres:16.4]

clone:
  git:
    image: woodpeckerci/plugin-git:2.6
    settings: {depth: 1}

steps:
  - name: test
    image: golang:\${GO_VERSION}
    commands:
      - go test ./...
      - echo $\${HOME}
  - name: publish
    image: 'woodpeckerci/plugin-docker-buildx:5' # a plugin
    settings:
      repo: registry.example.com/shop/api
      tags: \${CI_COMMIT_TAG}

services:
  - name: database
    image: \${DB}
`

describe('readWoodpecker', () => {
  it('reads steps, services and what clones', () => {
    const read = readWoodpecker({ name: '.woodpecker.yml', text: REALISTIC })
    expect(read.images.map(({ image, place, usedBy }) => `${place.line}:${place.column} ${image} | ${usedBy}`)).toEqual(
      [
        '12:12 woodpeckerci/plugin-git:2.6 | clone git',
        '29:12 postgres:16.4 | service database',
        '17:12 golang:1.22 | step test',
        '17:12 golang:1.10 | step test',
        '22:13 woodpeckerci/plugin-docker-buildx:5 | step publish',
      ],
    )
    expect(read).toMatchObject({ unknown: [], unreadable: [] })
  })

  it('says where an image can be replaced, and only there', () => {
    const text = REALISTIC.replaceAll('\n', '\r\n')
    const { images } = readWoodpecker({ name: 'f', text })
    expect(images.flatMap(({ span }) => (span ? [text.slice(span.start, span.end)] : []))).toEqual([
      'woodpeckerci/plugin-git:2.6',
      'woodpeckerci/plugin-docker-buildx:5',
    ])
  })

  it.each<[what: string, text: string, images: string[]]>([
    ['steps by name', 'steps: {a: {image: a:1}, b: {image: b:1}}', ['a:1', 'b:1']],
    ['the old name of steps', 'pipeline: {a: {image: a:1}}', ['a:1']],
    [
      'combinations of a matrix',
      'matrix: {include: [{T: 1, I: a}, {T: 2, I: b}]}\nsteps: {a: {image: "${I}:${T}"}}',
      ['a:1', 'b:2'],
    ],
    ['a default', 'steps: {a: {image: "a:${T:-1}"}}', ['a:1']],
    ['what is left to the shell', 'steps: {a: {image: "a:$${T}"}}', ['a:${T}']],
    ['a step without an image', 'steps: {a: {commands: [x]}}', []],
  ])('reads %s', (_, text, images) => {
    const read = readWoodpecker({ name: 'f', text })
    expect(read.images.map(({ image }) => image)).toEqual(images)
    expect(read).toMatchObject({ unknown: [], unreadable: [] })
  })

  it.each<[what: string, image: string, because: string]>([
    ['no value', 'a:${T}', 'the variable T has no value in the matrix'],
    ['a value of the run', 'a:${CI_COMMIT_SHA}', 'Woodpecker gives CI_COMMIT_SHA a value when a workflow runs'],
    ['a part of a value', 'a:${CI_COMMIT_SHA:0:8}', 'the form ${CI_COMMIT_SHA:0:8} is not supported'],
    ['an open brace', 'a:${T', 'the variable T has no value in the matrix'],
    ['empty text', '', 'its name is empty'],
  ])('does not guess: %s', (_, image, because) => {
    const read = readWoodpecker({ name: 'f', text: `steps: {a: {image: "${image}"}}` })
    expect(read.images).toEqual([])
    expect(read.unknown).toMatchObject([{ text: image, usedBy: 'step a', because }])
  })

  it('reports what is no YAML, and what is no workflow', () => {
    expect(readWoodpecker({ name: 'f', text: 'steps: [1' }).unreadable).toMatchObject([{ place: { line: 1 } }])
    expect(readWoodpecker({ name: 'f', text: '- a' }).unreadable).toMatchObject([
      { because: 'it is not a mapping with steps' },
    ])
  })
})
