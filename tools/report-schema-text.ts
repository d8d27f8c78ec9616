import * as z from 'zod'
import { FINDING_CODES, FINDINGS } from '../src/check/findings/catalogue.ts'
import { previewRecord, previewReport } from './preview-schema.ts'
import { record, report } from './report-schema.ts'

type JsonSchema = z.core.JSONSchema.BaseSchema

/** The text of `docs/report.schema.json`. */
export function reportSchemaText(): string {
  return textOf(report, record)
}

/** The text of `docs/gc-preview.schema.json`. */
export function previewSchemaText(): string {
  return textOf(previewReport, previewRecord)
}

/** @param document of `--output json` @param line of `--output ndjson` */
function textOf(document: z.ZodType, line: z.ZodType): string {
  const { $defs: ofReport, ...root } = schemaOf(document)
  const { $defs: ofRecord } = schemaOf(z.strictObject({ record: line }))
  const $defs = { ...ofReport, ...ofRecord, CausesByCode: causesByCode() }
  return `${JSON.stringify({ ...root, $defs }, undefined, 2)}\n`
}

function schemaOf(type: z.ZodType): JsonSchema {
  return z.toJSONSchema(type, {
    override: ({ jsonSchema }) => {
      if (jsonSchema.properties && 'cause' in jsonSchema.properties)
        jsonSchema.allOf = [{ $ref: '#/$defs/CausesByCode' }]
    },
  })
}

/** Codes of findings that may be about a tag. */
const OF_TAGS: ReadonlySet<string> = new Set(['tag-dangling', 'masked-by-cache', 'not-served-by-api'])

/** What a field's own type cannot say. */
function causesByCode(): JsonSchema {
  return {
    description: 'Each code has its own causes, and only some are about a tag.',
    allOf: FINDING_CODES.map((code) => ({
      if: { properties: { code: { const: code } } },
      // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
      then: {
        properties: { cause: { enum: [...FINDINGS[code].causes] }, ...(OF_TAGS.has(code) ? {} : { tag: false }) },
        ...(code === 'tag-dangling' ? { required: ['tag'] } : {}),
      },
    })),
  }
}
