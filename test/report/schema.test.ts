import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { beforeAll, describe, expect, it } from 'vitest'
import { reportSchemaText } from '../../tools/report-schema-text.ts'
import { fixture } from '../support/builders/fixtures.ts'
import { regfsck } from '../support/command/run.ts'
import { scratch } from '../support/scratch.ts'

const committed = readFileSync(new URL('../../docs/report.schema.json', import.meta.url), 'utf8')
const ajv = new Ajv2020({
  strict: true,
  strictRequired: false,
  strictTypes: false,
  allErrors: true,
  formats: { 'date-time': true },
})
ajv.addSchema(JSON.parse(committed), 'report')
const isReport = validator('report')
const isRecord = validator('report#/$defs/Record')

describe('the published schema', () => {
  it('is the one that `npm run schema` writes', () => {
    expect(committed).toBe(reportSchemaText())
  })
})

describe.each([
  {
    name: 'of registries that are whole',
    targets: ['lawful-nested-index', 'lawful-cosign-tags'],
    flags: ['--all-tags'],
    says: { verdict: 'clean', findings: [] },
  },
  {
    name: 'of registries with everything that can be wrong',
    targets: ['child-deleted-by-gc-m', 'tag-link-missing', 'layer-altered-first-byte', 'schema1-manifest', 'garbage'],
    flags: ['--depth', 'content', '--garbage'],
    says: {
      verdict: 'damaged',
      findings: [
        'blob-digest-mismatch',
        'blob-unreferenced',
        'crash-debris',
        'engine-dependent',
        'index-child-missing',
        'tag-dangling',
        'upload-abandoned',
      ],
    },
  },
  {
    name: 'of what could not be read, in part or at all',
    targets: ['layer-is-a-symlink', 'layer-digest-algorithm-unknown', 'not-mounted-blobs-absent'],
    flags: [],
    says: { verdict: 'incomplete', findings: [] },
  },
  {
    name: 'of a scan that was stopped',
    targets: ['child-deleted-by-gc-m'],
    flags: ['--deadline', '1ms'],
    says: { verdict: 'incomplete', findings: [] },
  },
])('a report $name', ({ targets, flags, says }) => {
  const directory = scratch()
  let document: Document
  let records: Record<string, unknown>[]

  beforeAll(async () => {
    const file = join(directory, 'report.json')
    const outputs = ['--output', 'ndjson', '--output', `json=${file}`]
    const ran = await regfsck(['scan', ...outputs, '--recheck-delay', '0', ...flags, '--', ...targets.map(fixture)])
    document = JSON.parse(readFileSync(file, 'utf8'))
    records = ran.stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))
  })

  it('is what it was meant to be an example of', () => {
    const codes = document.targets.flatMap(({ findings }) => findings.map(({ code }) => code))
    expect({ verdict: document.verdict, findings: [...new Set(codes)].sort() }).toEqual(says)
  })

  it('is a document as the schema has it', () => {
    expect(problemsOf(isReport, document)).toEqual([])
  })

  it('is lines as the schema has them, a summary for each target', () => {
    expect(records.flatMap((record) => problemsOf(isRecord, record))).toEqual([])
    expect(records.filter(({ type }) => type === 'summary')).toHaveLength(targets.length)
  })
})

describe('the schema refuses', () => {
  const whole = {
    type: 'finding',
    registry: 'private',
    id: '0123456789abcdef',
    code: 'layer-missing',
    cause: 'blob-missing',
    severity: 'error',
    repository: 'app',
    digest: `sha256:${'0'.repeat(64)}`,
    tags: ['latest'],
    parents: [],
    platforms: [],
    evidence: { path: 'blobs', measuredSize: 0, blobStored: false },
    message: 'Gone.',
    repair: { action: 'none', why: '', commands: [] },
    confirmed: true,
  }

  it('nothing of a finding that is as it should be', () => {
    expect(problemsOf(isRecord, whole)).toEqual([])
  })

  it.each([
    ['a field that it does not know', { ...whole, extra: 1 }],
    ['a field that is missing', { ...whole, message: undefined }],
    ['a code that it does not know', { ...whole, code: 'layer-lost' }],
    ['a cause that the code does not have', { ...whole, cause: 'link-missing' }],
    ['a finding about a tag under any code but tag-dangling', { ...whole, tag: 'latest' }],
    ['a dangling tag that does not say which', { ...whole, code: 'tag-dangling', cause: 'link-missing' }],
    ['a digest that is none', { ...whole, digest: 'sha256' }],
    ['evidence that is not flat', { ...whole, evidence: { deep: {} } }],
    ['a record of no known type', { ...whole, type: 'note' }],
  ])('%s', (_, record) => {
    expect(isRecord(JSON.parse(JSON.stringify(record)))).toBe(false)
  })
})

interface Document {
  readonly verdict: string
  readonly targets: readonly { readonly findings: readonly { readonly code: string }[] }[]
}

function validator(id: string): ValidateFunction {
  const validate = ajv.getSchema(id)
  if (!validate) throw new Error(`no ${id} in docs/report.schema.json`)
  return validate
}

function problemsOf(validate: ValidateFunction, value: unknown): string[] {
  validate(value)
  return (validate.errors ?? []).map(({ instancePath, message, params }) =>
    [instancePath, message, JSON.stringify(params)].join(' '),
  )
}
