import { describe, expect, it } from 'vitest'
import { keyOf, partsOf } from '../../../src/references/image-parts.ts'
import { composeOverride } from '../../../src/references/pin/compose-override.ts'
import { envFile } from '../../../src/references/pin/env-file.ts'
import { historyAfter, historyText, readHistory } from '../../../src/references/pin/history.ts'
import { whyNotInPlace } from '../../../src/references/pin/in-place.ts'
import { editKustomization } from '../../../src/references/pin/kustomization-edit.ts'
import { kustomizeComponent } from '../../../src/references/pin/kustomize.ts'
import type { PinnedUse } from '../../../src/references/pin/pinned-use.ts'
import { isOwnFile, pinsIn } from '../../../src/references/pin/written-pins.ts'
import { yamlText } from '../../../src/references/pin/yaml-text.ts'

const A = `sha256:${'a'.repeat(64)}`
const B = `sha256:${'b'.repeat(64)}`

function use(service: string, key: string, digest = A): PinnedUse {
  return { key, digest, service, usedBy: `service ${service}`, place: { file: 'compose.yaml', line: 3, column: 12 } }
}

it.each([
  ['app', 'app:latest', { name: 'app', tag: 'latest' }],
  ['app:1', 'app:1', { name: 'app', tag: '1' }],
  ['localhost:5000/app', 'localhost:5000/app:latest', { name: 'localhost:5000/app', tag: 'latest' }],
  [`[::1]:5000/app:1@${A}`, '[::1]:5000/app:1', { name: '[::1]:5000/app', tag: '1', digest: A }],
  [`localhost:5000/app@${A}`, 'localhost:5000/app', { name: 'localhost:5000/app', digest: A }],
])('takes apart %s', (image, key, parts) => {
  expect([keyOf(image), partsOf(image)]).toEqual([key, parts])
})

it.each([
  ['web', 'web'],
  ['on', '"on"'],
  ['No', '"No"'],
  ['1', '"1"'],
  ['0x1f', '"0x1f"'],
  ['1e3', '"1e3"'],
  ['~', '"~"'],
  ['a: b', '"a: b"'],
  ['[::1]:5000/app:1', '"[::1]:5000/app:1"'],
])('writes %s in YAML as %s', (text, wanted) => {
  expect(yamlText(text)).toBe(wanted)
})

describe('an override', () => {
  it('is refused where two projects have a service of one name with different images', () => {
    expect(composeOverride([use('web', 'app:1'), use('web', 'app:1', B)])).toMatchObject({
      because: expect.stringContaining('compose.yaml:3: there is another service web'),
    })
    expect(composeOverride([use('web', 'app:1'), use('web', 'app:1')])).toMatchObject({ text: expect.any(String) })
  })
})

describe('variables', () => {
  it('are named after services', () => {
    expect(envFile([use('my-web.1', 'app:1'), use('9p', 'app:1')])).toEqual({
      text: `MY_WEB_1_IMAGE=app:1@${A}\n_9P_IMAGE=app:1@${A}\n`,
    })
  })

  it('are refused where two images would have one name', () => {
    expect(envFile([use('a-b', 'app:1'), use('a_b', 'app:2')])).toMatchObject({
      because: expect.stringContaining('A_B_IMAGE'),
    })
  })
})

describe('a kustomization', () => {
  it('is refused where kustomize would give two tags of a name one digest', () => {
    expect(kustomizeComponent([use('a', 'app:1'), use('b', 'app:2', B)])).toMatchObject({
      because: expect.stringContaining('app would have two (1, 2)'),
    })
  })

  it.each([
    ['a list in flow style', 'images: [{name: app}]\n'],
    ['an entry in flow style', 'images:\n- {name: app, newTag: "1"}\n'],
    ['no entries', 'images:\n'],
    ['several documents', 'images:\n- name: app\n---\na: b\n'],
    ['JSON', '{"images": []}\n'],
    ['broken YAML', 'images: [\n'],
    ['a digest over several lines', 'images:\n- name: app\n  digest: >-\n    x\n'],
    ['a dash on a line of its own', 'images:\n-\n  name: app\n'],
  ])('is left alone where it has %s', (_, text) => {
    expect(editKustomization(text, [use('web', 'app:1')])).toEqual({ because: expect.any(String) })
  })
})

it.each([
  ['list', `app:1@${A}\n`],
  ['env', `WEB_IMAGE=app:1@${A}\n`],
  ['json', `{"images": [{"image": "app:1@${A}", "digest": "${B}"}]}`],
  ['compose', `services:\n  web: {image: "app:1@${A}"}\n`],
  ['kustomize', `images:\n- name: x\n  newName: app\n  newTag: '1'\n  digest: ${A}\n`],
] as const)('finds the pins in a file of the form %s', (format, text) => {
  expect(pinsIn(text, format)).toMatchObject([{ key: 'app:1', digest: A }])
  expect(isOwnFile(text, format)).toBe(false)
})

it.each([
  ['a: &x app:1', 'its text has an anchor'],
  ['a: {b: &x app:1}', 'its text has an anchor'],
  ['- &x !!str "app:1"', 'its text has an anchor'],
  ['a: app:1', undefined],
  ['a: {b: &x {image: app:1}}', undefined],
])('says whether %s can be pinned in place', (text, because) => {
  const start = text.indexOf('app:1')
  const reference = {
    usedBy: 'service web',
    place: { file: 'f', line: 1, column: start + 1 },
    span: { start, end: start + 5 },
  }
  const why = whyNotInPlace(reference, new Map([['f', text]]), [])
  expect(why?.slice(0, 22)).toBe(because)
})

describe('earlier pins', () => {
  const before = new Map([['app:1', A]])
  const change = (after: ReadonlyMap<string, string>) => ({ before, after, now: '2026-01-01T00:00:00.000Z', keep: 2 })

  it('are remembered where one moved or went away, as many as are wanted', () => {
    const one = historyAfter([], change(new Map([['app:1', B]])))
    expect(one).toEqual([{ replacedAt: '2026-01-01T00:00:00.000Z', pins: before }])
    expect(historyAfter([...one, ...one], change(new Map()))).toHaveLength(2)
    expect(readHistory(historyText(one))).toEqual(one)
  })

  it('are not where one was added', () => {
    expect(historyAfter([], change(new Map([...before, ['other:1', B]])))).toEqual([])
  })

  it.each([
    '',
    '[]',
    '{"schemaVersion":2,"earlier":[]}',
    '{"schemaVersion":1,"earlier":[{}]}',
    `{"schemaVersion":1,"earlier":[{"replacedAt":"x","pins":{"a":"b c"}}]}`,
  ])('are not read from %s', (text) => {
    expect(() => readHistory(text)).toThrow()
  })
})
