import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { keyOf } from '../../../src/references/image-parts.ts'
import { composeOverride } from '../../../src/references/pin/compose-override.ts'
import { pinInPlace, whyNotInPlace } from '../../../src/references/pin/in-place.ts'
import { editKustomization } from '../../../src/references/pin/kustomization-edit.ts'
import { pinsOfKustomization } from '../../../src/references/pin/kustomize.ts'
import type { PinnedUse } from '../../../src/references/pin/pinned-use.ts'
import { type AllReferences, readReferences } from '../../../src/references/read.ts'
import type { SourceFile } from '../../../src/references/reference.ts'
import { fc } from '../../support/fast-check.ts'

const RUNS = 200
const digestOf = (key: string): string => `sha256:${createHash('sha256').update(key).digest('hex')}`

const image = fc
  .tuple(
    fc.constantFrom('', 'registry.example.com/', 'localhost:5000/team/', '[::1]:5000/'),
    fc.constantFrom('app', 'web-1', 'a/b', 'x_y'),
    fc.constantFrom('', ':1.4', ':latest', ':0x1f', `:1@sha256:${'a'.repeat(64)}`),
  )
  .map((parts) => parts.join(''))
const quote = fc.constantFrom('', "'", '"')
const comment = fc.constantFrom('', '  # app:1 is old', ' # image: no', ' #')
const lineBefore = fc.constantFrom('', '\n', '# a comment\n', '    # image: registry.example.com/app:1\n')
const lineEnd = fc.constantFrom('\n', '\r\n')

/** A text of YAML that starts with a bracket needs quotation marks. */
const quoted = (text: string, mark: string): string =>
  text.startsWith('[') && mark === '' ? `"${text}"` : mark + text + mark

const service = fc.record({
  image,
  mark: quote,
  comment,
  before: lineBefore,
  isFlow: fc.boolean(),
  extra: fc.boolean(),
})
const composeFile = fc
  .record({ services: fc.array(service, { minLength: 1, maxLength: 6 }), end: lineEnd, base: fc.boolean() })
  .map(({ services, end, base }) => {
    const lines = services.map((each, n) => {
      const value = quoted(each.image, each.mark)
      const environment = each.extra ? `    environment: { IMAGE: "${each.image}" } # kept\n` : ''
      const merged = base ? '    <<: *base\n' : ''
      if (each.isFlow) return `${each.before}  s${n}: { image: ${quoted(each.image, '"')}, tty: true }${each.comment}\n`
      return `${each.before}  s${n}:\n${merged}${environment}    image: ${value}${each.comment}\n`
    })
    const head = base ? 'x-base: &base\n  restart: always # always\n' : ''
    return `${head}services:\n${lines.join('')}`.replaceAll('\n', end)
  })

function read(...files: readonly SourceFile[]): AllReferences {
  const options = { fromType: undefined, compose: { environment: {} }, buildArgs: new Map(), customImageFields: [] }
  return readReferences(files, options, () => ({ isMissing: true, because: '' }))
}

function usesOf({ images }: AllReferences): readonly PinnedUse[] {
  return images.map(({ image: text, usedBy, place, span }) => {
    const [, kept] = text.split('@')
    const key = keyOf(text)
    const name = /^service (\S+)$/.exec(usedBy)?.[1]
    const digest = kept ?? digestOf(key)
    return { key, digest, usedBy, place, ...(span && { span }), ...(name !== undefined && { service: name }) }
  })
}

function pinnedInPlace(file: SourceFile): string {
  const texts = new Map([[file.name, file.text]])
  const found = read(file)
  expect(found.images.map((each) => whyNotInPlace(each, texts, []))).toEqual(found.images.map(() => undefined))
  return pinInPlace(usesOf(found), texts).get(file.name) ?? file.text
}

const pinned = (text: string): string => (text.includes('@') ? text : `${keyOf(text)}@${digestOf(keyOf(text))}`)

it('changes only images in random compose files, keeps all comments, and changes nothing in a second run', () => {
  fc.assert(
    fc.property(composeFile, (text) => {
      const after = pinnedInPlace({ name: 'compose.yaml', text })
      const [before, result] = [parse(text, { merge: true }), parse(after, { merge: true })]
      for (const one of Object.values<{ image: string }>(before.services)) one.image = pinned(one.image)
      expect(result).toEqual(before)
      expect(after.replaceAll(/(?:image: ["']?)\S+?(?=["',}\s]|$)/g, '')).toBe(
        text.replaceAll(/(?:image: ["']?)\S+?(?=["',}\s]|$)/g, ''),
      )
      expect(pinnedInPlace({ name: 'compose.yaml', text: after })).toBe(after)
    }),
    { numRuns: RUNS },
  )
})

it('sets the image of each service in an override of random compose files, and nothing else', () => {
  fc.assert(
    fc.property(composeFile, (text) => {
      const made = composeOverride(usesOf(read({ name: 'compose.yaml', text })))
      const override = 'text' in made ? made.text : ''
      const services: Record<string, { image: string }> = parse(text, { merge: true }).services
      const wanted = Object.entries(services).map(([name, { image: now }]) => [name, { image: pinned(now) }])
      expect(parse(override)).toEqual({ services: Object.fromEntries(wanted) })
      const merged = read({ name: 'compose.yaml', text }, { name: 'compose.override.yaml', text: override })
      expect(merged.images.map(({ image: now }) => now)).toEqual(
        wanted.map(([, each]) => (each as { image: string }).image),
      )
      const again = composeOverride(usesOf(merged))
      expect(again).toEqual(made)
    }),
    { numRuns: RUNS },
  )
})

const entry = fc.record({
  name: fc.constantFrom('app', 'registry.example.com/app', 'localhost:5000/a'),
  newName: fc.option(fc.constantFrom('registry.example.com/web', 'b'), { nil: undefined }),
  tag: fc.option(fc.constantFrom('1.4', '"1"', "'on'", 'v2'), { nil: undefined }),
  hasDigest: fc.boolean(),
  comment,
  before: fc.constantFrom('', '# above\n'),
})
const kustomization = fc
  .record({
    entries: fc.uniqueArray(entry, { minLength: 0, maxLength: 4, selector: ({ name, newName }) => newName ?? name }),
    indent: fc.constantFrom('', '  '),
    end: lineEnd,
    after: fc.constantFrom('', '\nreplicas: # last\n  - name: a\n    count: 1\n', '# the end\n', '# no end of line'),
  })
  .map(({ entries, indent, end, after }) => {
    const lines = entries.map(({ name, newName, tag, hasDigest, comment: aside, before }) =>
      [
        `${before}${indent}- name: ${name}${aside}\n`,
        newName === undefined ? '' : `${indent}  newName: "${newName}"${aside}\n`,
        tag === undefined ? '' : `${indent}  newTag: ${tag}${aside}\n`,
        hasDigest ? `${indent}  digest: sha256:${'b'.repeat(64)}${aside}\n` : '',
      ].join(''),
    )
    const images = lines.length === 0 ? '' : `images: # pinned\n${lines.join('')}`
    return `# ours\nresources:\n  - web.yaml # the web\n${images}${after}`.replaceAll('\n', end)
  })

it('sets only images in random kustomizations, keeps all comments, and changes nothing in a second run', () => {
  const names = ['app', 'registry.example.com/app', 'registry.example.com/web', 'b', 'new/one']
  const wanted = fc
    .subarray(names, { minLength: 1 })
    .chain((some) =>
      fc.tuple(...some.map((name) => fc.constantFrom('1.4', '1', 'on', 'v3').map((tag) => `${name}:${tag}`))),
    )
  fc.assert(
    fc.property(kustomization, wanted, (text, keys) => {
      const place = { file: 'web.yaml', line: 1, column: 1 }
      const uses = keys.map((key) => ({ key, digest: digestOf(key), usedBy: 'Pod web, container a', place }))
      const made = editKustomization(text, uses)
      const after = 'text' in made ? made.text : ''
      const pins = pinsOfKustomization(after)
      expect(keys.map((key) => pins.get(key))).toEqual(keys.map(digestOf))
      const [before, result] = [parse(text), parse(after)]
      const entriesOf = (from: { images?: { name: string; newName?: string }[] }) =>
        (from.images ?? []).map(({ name, newName }) => newName ?? name)
      expect(entriesOf(result)).toEqual([
        ...new Set([...entriesOf(before), ...keys.map((key) => key.split(/:(?=[^:]*$)/)[0] ?? '')]),
      ])
      expect({ ...result, images: [] }).toEqual({ ...before, images: [] })
      for (const line of text.split(/\r?\n/)) {
        const [, aside = ''] = /(#.*)$/.exec(line) ?? []
        expect(after).toContain(aside)
      }
      expect(after.match(/#/g)?.length).toBe(text.match(/#/g)?.length)
      expect(editKustomization(after, uses)).toEqual({ text: after })
    }),
    { numRuns: RUNS },
  )
})
