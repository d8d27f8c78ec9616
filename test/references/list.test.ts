import { describe, expect, it } from 'vitest'
import { readList } from '../../src/references/list.ts'

describe('readList', () => {
  it('reads one reference a line, and leaves comments and blank lines out', () => {
    const text = '# what we run\nalpine:3.20\n\n  registry.example.com:5000/app@sha256:0f0f  # the app\n\t# old\nredis'
    const { images, unknown, unreadable } = readList({ name: 'images.txt', text })
    expect(images.map(({ image, place }) => `${place.file}:${place.line}:${place.column} ${image}`)).toEqual([
      'images.txt:2:1 alpine:3.20',
      'images.txt:4:3 registry.example.com:5000/app@sha256:0f0f',
      'images.txt:6:1 redis',
    ])
    expect(images.map(({ span }) => text.slice(span?.start, span?.end))).toEqual(images.map(({ image }) => image))
    expect([unknown, unreadable]).toEqual([[], []])
  })

  it('reads files with Windows and old Macintosh line ends', () => {
    const { images } = readList({ name: '-', text: 'a:1\r\n\r\nb:2\rc:3\r\n' })
    expect(images.map(({ image, place }) => [image, place.line])).toEqual([
      ['a:1', 1],
      ['b:2', 3],
      ['c:3', 4],
    ])
  })

  it('does not take a # in a word for a comment', () => {
    expect(readList({ name: 'f', text: 'a#b' }).images).toMatchObject([{ image: 'a#b' }])
  })

  it('does not guess what is no reference', () => {
    const { images, unknown } = readList({ name: 'f', text: 'alpine 3.20\n{{ .Values.image }}\napp:$TAG\n' })
    expect(images).toEqual([])
    expect(unknown.map(({ text, because }) => `${text}: ${because}`)).toEqual([
      'alpine 3.20: it is more than one word: a list has one reference on each line',
      '{{ .Values.image }}: a list has no variables',
      'app:$TAG: a list has no variables',
    ])
  })

  it('finds nothing in an empty file', () => {
    expect(readList({ name: 'f', text: '\n \n' })).toMatchObject({ images: [], unknown: [], unreadable: [] })
  })
})
