import * as z from 'zod'
import type { PastFinding, ReportedFinding, TargetInfo, TargetTotals } from '../src/check/events.ts'
import { FINDING_CODES } from '../src/check/findings/catalogue.ts'
import type { ObjectTotals, PlatformRecord, TagRecord, TagTotals, UncheckedRecord } from '../src/check/records.ts'
import type { Repair } from '../src/check/repair/plan.ts'
import type { Use } from '../src/check/use.ts'
import { BECAUSE_CODES, FINDING_CAUSES, TAG_VERDICTS } from './report-words.ts'

/** A schema for each field: a field in only one of the type and the schema does not compile. */
export type FieldsOf<T> = { readonly [K in keyof T]-?: z.ZodType }

export const digest: z.ZodType = z
  .string()
  .regex(/^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/)
  .meta({ id: 'Digest', description: 'algorithm:encoded, such as sha256:9f86…' })

const verdict = z
  .enum(TAG_VERDICTS)
  .meta({ id: 'TagVerdict', description: 'The verdict on a tag; see docs/verdicts, or regfsck explain.' })

const severity = z.enum(['error', 'warning', 'notice']).meta({
  id: 'Severity',
  description:
    'error: a pull fails. warning: content that no tag needs, or that some clients refuse. notice: unneeded content.',
})

const findingId = z
  .string()
  .regex(/^[0-9a-f]{16}$/)
  .meta({
    id: 'FindingId',
    description: 'A stable hash of registry, repository, code and what the finding is about: the same in every scan.',
  })

const repair = z
  .strictObject({
    action: z.enum([
      'put-manifest',
      'push-again',
      'upload-blob',
      'replace-file',
      'retag',
      'rebuild',
      'remove-link',
      'remove-file',
      'none',
    ]),
    why: z.string().describe('The likely cause, and why this repairs it.'),
    commands: z
      .array(z.string())
      .describe(
        'Shell commands, printed and never run; parts of the plan of --output repair. $REGISTRY and $SOURCE are URLs, $RESTART restarts the registry.',
      ),
  } satisfies FieldsOf<Repair>)
  .meta({ id: 'Repair', description: 'What repairs a finding.' })

const code = z
  .enum(FINDING_CODES)
  .meta({ id: 'FindingCode', description: 'Each has a page: docs/findings, or regfsck explain CODE.' })

const cause = z
  .enum(FINDING_CAUSES)
  .meta({ id: 'FindingCause', description: '#/$defs/CausesByCode says which of them a code can have.' })

export const findingFields = {
  id: findingId,
  code,
  cause,
  severity,
  repository: z
    .string()
    .optional()
    .describe('Missing if the object belongs to no repository, such as an unreferenced blob.'),
  tag: z
    .string()
    .optional()
    .describe(
      'The tag itself: for tag-dangling, and for masked-by-cache and not-served-by-api if they are about a tag.',
    ),
  digest: digest.optional().describe('The object that is damaged or missing.'),
  tags: z.array(z.string()).describe('Every tag that reaches it, sorted.'),
  parents: z.array(digest).describe('The manifests that name it, sorted.'),
  platforms: z.array(z.string()).describe('os/architecture[/variant], as the indexes above it claim, sorted.'),
  evidence: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]))
    .describe('Claimed and measured values, and paths; which ones depends on code and cause.'),
  message: z.string().describe('What happened, in one sentence.'),
  repair,
  confirmed: z.boolean().describe('false if the scan was stopped before the second look.'),
  firstSeen: z.string().optional().describe('When a run first found it, ISO 8601. Only with --state.'),
  isNew: z
    .boolean()
    .optional()
    .describe('Whether the previous run did not find it. Only with --state, and if there was one.'),
} satisfies FieldsOf<ReportedFinding>

export const finding: z.ZodType = z.strictObject(findingFields).meta({
  id: 'Finding',
  description: 'A problem with one object, however many tags reach it.',
})

const pastFields = {
  id: findingId,
  code,
  severity,
  repository: z.string().optional(),
  tag: z.string().optional(),
  digest: digest.optional(),
  firstSeen: z.string().describe('When a run first found it, ISO 8601.'),
} satisfies FieldsOf<PastFinding>

const pastFinding = z
  .strictObject(pastFields)
  .meta({ id: 'PastFinding', description: 'A finding of an earlier run. Only with --state.' })

const tagFields = {
  repository: z.string(),
  tag: z.string(),
  digest: digest.optional().describe('Missing if the tag does not name one.'),
  verdict,
  findings: z.array(findingId).describe('The findings because of which it is not intact.'),
  platforms: z
    .array(
      z.strictObject({
        platform: z.string().describe('os/architecture[/variant]'),
        digest: digest.describe('The manifest for this platform.'),
      } satisfies FieldsOf<PlatformRecord>),
    )
    .optional()
    .describe('The platforms of the image. Only with check --platform.'),
  servedBy: z
    .array(z.string())
    .optional()
    .describe('The hosts that served it, sorted. Only of a registry with mirrors (check --mirror).'),
} satisfies FieldsOf<TagRecord & { findings: unknown }>

const tag = z.strictObject(tagFields).meta({ id: 'Tag', description: 'A tag and its verdict.' })

const because = z
  .enum(BECAUSE_CODES)
  .meta({ id: 'Because', description: 'Each has a page: docs/unchecked, or regfsck explain CODE.' })

export const uncheckedFields = {
  repository: z.string().optional().describe('Missing if the place belongs to no repository.'),
  tag: z.string().optional(),
  digest: z.string().optional(),
  path: z.string().optional().describe('The place, as far as it is known.'),
  pattern: z.string().optional().describe('The selection that matched nothing.'),
  because,
  detail: z.string().optional().describe('The error of the system or the registry.'),
  kind: z.enum(['manifest', 'config', 'layer', 'layer-link']).optional().describe('The kind of object.'),
} satisfies FieldsOf<UncheckedRecord>

export const unchecked: z.ZodType = z.strictObject(uncheckedFields).meta({
  id: 'Unchecked',
  description:
    'An object or a place that was not checked, because it could not be read or was skipped on purpose. It does not count as damaged.',
})

export const count: z.ZodType = z.int().min(0).meta({ id: 'Count' })

const objectTotals = z
  .strictObject({ intact: count, damaged: count, unchecked: count, skipped: count } satisfies FieldsOf<ObjectTotals>)
  .meta({ id: 'ObjectTotals', description: 'Objects by result, counted once for each repository.' })

const totals = z
  .strictObject({
    repositories: count,
    tags: z.strictObject({
      intact: count,
      degraded: count,
      unpullable: count,
      unchecked: count,
    } satisfies FieldsOf<TagTotals>),
    manifests: objectTotals,
    blobs: objectTotals,
    manifestsNotReproved: count.describe(
      'Manifests that are still served, and whose bytes were hashed by an earlier run (--manifest-cache), not by this one.',
    ),
  } satisfies FieldsOf<TargetTotals>)
  .meta({ id: 'Totals', description: 'What was visited. Each group adds up to all objects of its kind.' })

const targetFields = {
  target: z.string().describe('The target as given, or the registry found below it.'),
  registry: z.string().describe('Its label, unique in a report.'),
  kind: z
    .enum(['distribution', 's3', 'oci-layout', 'api', 'references'])
    .describe('references: the files of check --from; each image that they name is a target of its own.'),
  against: z.string().optional().describe('The URL of the API that was compared with the storage (--against).'),
  depth: z.enum(['graph', 'blobs', 'content']),
  shard: z
    .string()
    .regex(/^\d{1,4}\/\d{1,4}$/)
    .optional()
    .describe('The slice of the repositories that was scanned (--shard), such as 0/4. Missing: all of them.'),
  pullThrough: z.boolean().describe('A pull-through cache: missing children and blobs are not damage.'),
  usedBy: z
    .array(
      z.strictObject({
        file: z.string().describe('As given; - is standard input.'),
        line: z.int().min(1),
        column: z.int().min(1),
        by: z.string().describe('What needs the image there, such as service web.'),
      } satisfies FieldsOf<Use>),
    )
    .optional()
    .describe('Where the image is named, and by which workload. Only with check --from.'),
} satisfies FieldsOf<TargetInfo>

const countedPulls = z
  .array(
    z.strictObject({
      host: z.string(),
      counted: z.int().nonnegative().describe('Requests for this image that count: each GET of a manifest.'),
      limit: z.int().nonnegative().optional().describe('Pulls that are allowed in so many seconds.'),
      seconds: z.int().nonnegative(),
      remaining: z.int().nonnegative().describe('Those that are left, as the registry said last.'),
      countedFor: z
        .string()
        .optional()
        .describe('Whose pulls are counted together: an address, or the id of an account.'),
    }),
  )
  .describe('What registries that limit pulls have counted. Only of an image, and of such a registry.')

const endFields = {
  complete: z
    .boolean()
    .describe('Everything was listed, and nothing stayed unchecked because the store could not be read.'),
  totals: totals.nullable().describe('null if the target could not be read at all.'),
  error: z.string().optional().describe('Why the target could not be read at all.'),
  pulls: countedPulls.optional(),
}

const target = z
  .strictObject({
    ...targetFields,
    ...endFields,
    tags: z.array(tag).describe('Every tag that is not intact; with --all-tags every tag.'),
    findings: z.array(finding),
    unchecked: z.array(unchecked),
    fixed: z.array(pastFinding).optional().describe('Findings of earlier runs that this run no longer found.'),
    stillKnown: z
      .array(pastFinding)
      .optional()
      .describe('Findings of earlier runs that this run, which is incomplete, could not check again.'),
  })
  .meta({ id: 'Target', description: 'One registry.' })

export const instant: z.ZodType = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/)
  .meta({ format: 'date-time' })

/** `--output json`. */
export const report: z.ZodType = z
  .strictObject({
    schemaVersion: z.literal(1),
    tool: z.strictObject({ name: z.literal('regfsck'), version: z.string() }),
    startedAt: instant,
    finishedAt: instant,
    verdict: z
      .enum(['damaged', 'incomplete', 'clean'])
      .describe('damaged: any finding is an error. incomplete: something could not be checked. clean: neither.'),
    targets: z.array(target),
  })
  .meta({
    title: 'Report of regfsck',
    description:
      'What regfsck scan --output json prints. A line of --output ndjson is #/$defs/Record. Later versions may add fields and values to both. Any other change also changes schemaVersion.',
  })

/** A line of `--output ndjson`. */
export const record: z.ZodType = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('tag'), registry: z.string(), ...tagFields }),
    z
      .strictObject({ type: z.literal('finding'), registry: z.string(), ...findingFields })
      .meta({ id: 'FindingRecord' }),
    z.strictObject({ type: z.literal('fixed'), registry: z.string(), ...pastFields }),
    z.strictObject({ type: z.literal('still-known'), registry: z.string(), ...pastFields }),
    z.strictObject({ type: z.literal('unchecked'), registry: z.string(), ...uncheckedFields }),
    z.strictObject({ type: z.literal('summary'), ...targetFields, ...endFields }),
  ])
  .meta({ id: 'Record', description: 'A line of --output ndjson. Each target ends with its summary.' })
