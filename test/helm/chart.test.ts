import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { KEYS } from '../../src/config/schema.ts'
import { chartCopies } from './copies.ts'
import { CHART } from './helm.ts'

interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly additionalProperties?: boolean | object
  readonly properties?: Readonly<Record<string, Schema>>
  readonly definitions?: Readonly<Record<string, Schema>>
}

const read = (name: string): string => readFileSync(join(CHART, name), 'utf8')
const schema: Schema = JSON.parse(read('values.schema.json'))
const values: Readonly<Record<string, unknown>> = parse(read('values.yaml'))

describe('the chart', () => {
  it.each(Object.entries(chartCopies()))('has %s as it is in alerts/; where not, npm run k8s is due', (file, text) => {
    expect(readFileSync(file, 'utf8')).toBe(text)
  })

  it('describes every value in its README', () => {
    const [, table = ''] = read('README.md').split('\n## Values\n')
    const documented = [...table.matchAll(/^\| (`[^|]*)\|/gm)].flatMap(([, cell = '']) => cell.match(/\w+/g) ?? [])
    expect(documented.sort()).toEqual(Object.keys(values).sort())
  })

  it('is for the version that this is', () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
    expect(parse(read('Chart.yaml'))).toMatchObject({ version, appVersion: version, name: 'regfsck', apiVersion: 'v2' })
  })
})

describe('values.schema.json', () => {
  it('knows every value that there is, and no other, down to where people may write what they like', () => {
    const inFile = pathsIn(values)
    const inSchema = pathsOf(schema)
    expect(inFile.filter((path) => !inSchema.includes(path))).toEqual([])
    // `global` is for charts that this one is a part of.
    expect(inSchema.filter((path) => !inFile.includes(path))).toEqual(['global'])
  })

  it('refuses unknown keys wherever it lists some', () => {
    const open = Object.entries({ '(root)': schema, ...schema.properties, ...schema.definitions })
      .filter(([, part]) => part.properties !== undefined && part.additionalProperties !== false)
      .map(([name]) => name)
    // Objects of Kubernetes, of which only what the chart refuses is listed.
    expect(open).toEqual(['securityContext'])
  })

  it('knows the options of scan', () => {
    const known = Object.keys(schema.definitions?.['settings']?.properties ?? {})
    // What has a place of its own in the values.
    const elsewhere = ['name', 'interval']
    expect(known.sort()).toEqual(KEYS.profile.filter((name) => !elsewhere.includes(name)).sort())
  })

  it('knows the options of references', () => {
    const { references, cluster } = schema.definitions ?? {}
    expect(Object.keys(references?.properties ?? {}).sort()).toEqual([...KEYS.references].sort())
    expect(Object.keys(cluster?.properties ?? {}).sort()).toEqual([...KEYS.kubernetes].sort())
  })

  it('lists what values.yaml shows of a registry', () => {
    const text = read('values.yaml')
    const [, shown = ''] = /^# registries:\n((?:#.*\n)+)/m.exec(text) ?? []
    const [first, second] = parse(`registries:\n${shown.replace(/^# ?/gm, '')}`).registries
    const known = Object.keys(schema.definitions?.['registry']?.properties ?? {})
    expect([...new Set([...Object.keys(first), ...Object.keys(second)])].sort()).toEqual(known.sort())
  })
})

/** `image.tag`, for everything in the file but what is inside free mappings. */
function pathsIn(value: unknown, at = ''): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [at]
  const part = partAt(at)
  if (part.properties === undefined || part.additionalProperties !== false) return [at]
  const own = at === '' ? [] : [at]
  // Each may be there; that none is set says nothing.
  if (Object.keys(value).length === 0) return own
  return [...own, ...Object.entries(value).flatMap(([key, each]) => pathsIn(each, at === '' ? key : `${at}.${key}`))]
}

function pathsOf(part: Schema, at = ''): string[] {
  const { properties, additionalProperties } = resolved(part)
  const own = at === '' ? [] : [at]
  if (properties === undefined || additionalProperties !== false || at === 'settings') return own
  return [
    ...own,
    ...Object.entries(properties).flatMap(([key, each]) => pathsOf(each, at === '' ? key : `${at}.${key}`)),
  ]
}

function partAt(path: string): Schema {
  const keys = path === '' ? [] : path.split('.')
  return keys.reduce<Schema>((part, key) => resolved(resolved(part).properties?.[key] ?? {}), schema)
}

function resolved(part: Schema): Schema {
  const [, name] = /^#\/definitions\/(.*)$/.exec(part.$ref ?? '') ?? []
  return name === undefined ? part : (schema.definitions?.[name] ?? {})
}
