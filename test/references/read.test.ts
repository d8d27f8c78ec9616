import { describe, expect, it } from 'vitest'
import { type ReadOptions, readReferences } from '../../src/references/read.ts'
import type { ReadSibling, ReferencesRead } from '../../src/references/reference.ts'

const alone: ReadSibling = () => ({ isMissing: true, because: 'it does not exist' })
const OPTIONS: ReadOptions = {
  fromType: undefined,
  compose: { environment: {} },
  buildArgs: new Map(),
  customImageFields: [],
}

describe('readReferences', () => {
  it('reads files of all kinds, in their order', () => {
    const files = [
      { name: 'images.txt', text: 'list:1\n' },
      {
        name: 'pod.yaml',
        text: 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: c, image: "pod:1"}]}\n',
      },
      { name: 'compose.yaml', text: 'services: {web: {image: "web:1"}}\n' },
      { name: 'Dockerfile', text: 'ARG T=1\nFROM base:$T\n' },
      { name: 'a/.gitlab-ci.yml', text: 'test: {script: x, image: "gitlab:1"}\n' },
      { name: '.github/workflows/a.yml', text: 'on: push\njobs: {t: {container: "github:1"}}\n' },
      { name: '.woodpecker.yml', text: 'steps: {a: {image: "woodpecker:1"}}\n' },
      {
        name: 'pods.yaml',
        text: 'apiVersion: v1\nkind: Pod\nmetadata: {name: b}\nspec: {containers: [{name: c, image: "pod:2"}]}\n',
      },
    ]
    const read = readReferences(files, { ...OPTIONS, buildArgs: new Map([['T', '2']]) }, alone)
    expect(told(read)).toEqual([
      'images.txt list:1',
      'pod.yaml pod:1',
      'compose.yaml web:1',
      'Dockerfile base:2',
      'a/.gitlab-ci.yml gitlab:1',
      '.github/workflows/a.yml github:1',
      '.woodpecker.yml woodpecker:1',
      'pods.yaml pod:2',
    ])
    expect(read).toMatchObject({ unknown: [], unreadable: [] })
  })

  it('merges the compose files of a directory, and not those of several', () => {
    const files = [
      { name: 'a/compose.yaml', text: 'services: {web: {image: "web:1"}, db: {image: "db:1"}}\n' },
      { name: 'b/compose.yaml', text: 'services: {web: {image: "other:1"}}\n' },
      { name: 'a/prod.yaml', text: 'services: {web: {image: "web:2"}}\n' },
    ]
    expect(told(readReferences(files, OPTIONS, alone)).toSorted()).toEqual([
      'a/compose.yaml db:1',
      'a/prod.yaml web:2',
      'b/compose.yaml other:1',
    ])
  })

  it('reports what cannot be read, and reads the others', () => {
    const files = [
      { name: 'binary', text: 'FROM a\0' },
      { name: 'values.yaml', text: 'image:\n  repository: a\n' },
      { name: 'Dockerfile', text: 'FROM a\n' },
      { name: 'compose.yaml', text: ' \n\t\n' },
      { name: 'large', text: ' '.repeat(2 ** 28 + 1) },
    ]
    const read = readReferences(files, OPTIONS, alone)
    expect(told(read)).toEqual(['Dockerfile a'])
    expect(
      read.unreadable.map(({ place, because }) => `${place.file}:${place.line}:${place.column} ${because}`),
    ).toEqual([
      'binary:1:1 it is not text: it has a NUL character',
      'values.yaml:1:1 it may hold the values of a Helm chart; give the output of helm template',
      'compose.yaml:1:1 it is empty',
      'large:1:1 it is larger than 256 MiB',
    ])
  })

  it('takes a file for what it is said to be', () => {
    const files = [{ name: 'words', text: 'one\ntwo\n' }]
    expect(told(readReferences(files, { ...OPTIONS, fromType: 'list' }, alone))).toEqual(['words one', 'words two'])
    expect(readReferences(files, OPTIONS, alone).unreadable).toHaveLength(1)
    expect(readReferences([{ name: 'f', text: 'a\0' }], { ...OPTIONS, fromType: 'list' }, alone).images).toEqual([])
  })

  it('says what was left out on purpose', () => {
    const files = [
      { name: 'compose.yaml', text: 'services: {web: {image: a}, debug: {image: b, profiles: [debug]}}\n' },
    ]
    const read = readReferences(files, OPTIONS, alone)
    expect(told(read)).toEqual(['compose.yaml a'])
    expect(read.leftOut).toMatchObject([{ what: 'service debug', place: { line: 1 } }])
  })

  it('reads nothing from nothing', () => {
    const read = readReferences([], OPTIONS, alone)
    expect(read).toEqual({
      images: [],
      unknown: [],
      unreadable: [],
      leftOut: [],
      kinds: [],
      services: [],
      nodes: 0,
      answers: 0,
      pullSecrets: [],
      unusedFields: [],
    })
  })
})

function told({ images }: ReferencesRead): readonly string[] {
  return images.map(({ image, place }) => `${place.file} ${image}`)
}
