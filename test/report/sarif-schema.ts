import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'

const text = { type: 'string', minLength: 1 }
const message = closed({ text }, ['text'])
const index = { type: 'integer', minimum: 0 }
const level = { enum: ['none', 'note', 'warning', 'error'] }
const date = { type: 'string', pattern: String.raw`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$` }

const location = {
  ...closed(
    {
      physicalLocation: closed(
        {
          artifactLocation: closed(
            { uri: { type: 'string', format: 'uri-reference' }, uriBaseId: { const: '%SRCROOT%' } },
            ['uri'],
          ),
          region: closed({ startLine: { type: 'integer', minimum: 1 }, startColumn: { type: 'integer', minimum: 1 } }, [
            'startLine',
          ]),
        },
        ['artifactLocation'],
      ),
      logicalLocations: { type: 'array', items: closed({ fullyQualifiedName: text, kind: text }, []) },
      message,
    },
    [],
  ),
  anyOf: [{ required: ['physicalLocation'] }, { required: ['logicalLocations'] }],
}

const descriptor = closed(
  {
    id: text,
    shortDescription: message,
    defaultConfiguration: closed({ level }, []),
    help: closed({ text, markdown: { type: 'string' } }, ['text']),
  },
  ['id'],
)

const notification = closed(
  {
    level,
    message,
    descriptor: closed({ id: text, index }, ['id', 'index']),
    locations: { type: 'array', items: location },
  },
  ['message'],
)

const result = closed(
  {
    ruleId: text,
    ruleIndex: index,
    level,
    message,
    locations: { type: 'array', minItems: 1, items: location },
    partialFingerprints: { type: 'object', minProperties: 1, additionalProperties: text },
    baselineState: { enum: ['new', 'unchanged', 'updated', 'absent'] },
    properties: { type: 'object' },
  },
  ['ruleId', 'ruleIndex', 'message'],
)

const run = closed(
  {
    tool: closed(
      {
        driver: closed(
          {
            name: text,
            version: text,
            rules: { type: 'array', uniqueItems: true, items: descriptor },
            notifications: { type: 'array', uniqueItems: true, items: descriptor },
          },
          ['name'],
        ),
      },
      ['driver'],
    ),
    columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
    invocations: {
      type: 'array',
      minItems: 1,
      items: closed(
        {
          executionSuccessful: { type: 'boolean' },
          startTimeUtc: date,
          endTimeUtc: date,
          toolExecutionNotifications: { type: 'array', items: notification },
        },
        ['executionSuccessful'],
      ),
    },
    results: { type: 'array', items: result },
  },
  ['tool', 'results'],
)

/**
 * What SARIF 2.1.0 asks of the properties that the report uses, and that it uses no others. Written from the text of the
 * standard, sections 3.13 to 3.58.
 */
export const isSarif: ValidateFunction = new Ajv2020({
  strict: false,
  allErrors: true,
  formats: { 'uri-reference': isUriReference },
}).compile(
  closed({ $schema: text, version: { const: '2.1.0' }, runs: { type: 'array', minItems: 1, items: run } }, [
    'version',
    'runs',
  ]),
)

/** An object with these properties and no others. */
function closed(properties: Readonly<Record<string, object>>, required: readonly string[]) {
  return { type: 'object', additionalProperties: false, properties, required }
}

/** @see RFC 3986: only these characters, and a percent sign only before two hex digits */
function isUriReference(uri: string): boolean {
  return /^(?:[\w\-.~:/?#[\]@!$&'()*+,;=]|%[\dA-F]{2})*$/.test(uri)
}
