import * as z from 'zod'
import { FINDINGS } from '../src/check/findings/catalogue.ts'
import type {
  GcAbort,
  GcAmount,
  GcBreakage,
  GcFreed,
  GcRemainder,
  GcRun,
  LostObject,
  ReadinessIssue,
} from '../src/gc/outcome.ts'
import type { StoredAmounts } from '../src/gc/preview/preview.ts'
import type {
  BrokenDeploymentRecord,
  CollectionRecord,
  DeployedRecord,
  PreviewDocument,
  PreviewTarget,
} from '../src/report/preview/document.ts'
import {
  count,
  digest,
  type FieldsOf,
  finding,
  findingFields,
  instant,
  unchecked,
  uncheckedFields,
} from './report-schema.ts'

const verdict = z.enum(['breaks', 'aborts', 'unknown', 'safe']).meta({
  id: 'CollectionVerdict',
  description:
    'aborts: a file stops the collection. breaks: something that can be pulled now could not be pulled afterwards. unknown: not everything could be read. safe: none of these. Of several, the first of breaks, aborts, unknown, safe.',
})

const run = {
  engine: z.enum(['2.8', '3']),
  deleteUntagged: z.boolean().describe('Whether it runs with --delete-untagged (-m).'),
  driver: z.enum(['filesystem', 's3']),
} satisfies FieldsOf<GcRun>

const amountFields = { blobs: count, bytes: count } satisfies FieldsOf<GcAmount>
const amount = z.strictObject(amountFields).meta({ id: 'Amount' })

const abort = z
  .strictObject({
    kind: z.enum(FINDINGS['gc-would-abort'].causes).describe('The cause of the finding gc-would-abort.'),
    path: z.string(),
    repository: z.string().optional().describe('Missing: it is about the storage as a whole.'),
    tag: z.string().optional(),
    digest: digest.optional(),
    error: z.string().describe('What the engine ends with, as it prints it.'),
    phase: z.enum(['mark', 'sweep']).describe('mark: nothing was deleted yet.'),
    deletedBefore: z.strictObject({
      manifests: count,
      blobs: count,
      isExact: z.boolean().describe('false: blobs are deleted in random order, so it is this many at most.'),
      layerLinks: count,
    } satisfies FieldsOf<GcAbort['deletedBefore']>),
  } satisfies FieldsOf<GcAbort>)
  .meta({ id: 'Abort', description: 'A file at which the collection would end. The first of them ends it.' })

const lost = z
  .strictObject({
    digest,
    is: z.enum(['manifest', 'config', 'layer']),
    loses: z.enum(['revision', 'blob', 'layer-link']),
    path: z.string(),
  } satisfies FieldsOf<LostObject>)
  .meta({ id: 'LostObject' })

const breakageFields = {
  repository: z.string(),
  tag: z.string().optional().describe('Missing: a revision that no tag names.'),
  digest,
  becomes: z.enum(['gone', 'unpullable', 'degraded']),
  platforms: z.array(z.string()).describe('os/architecture[/variant] of each image that is lost.'),
  through: z.array(lost).describe('The objects that are deleted; the nearest to the tag first.'),
  intended: z.boolean().describe('true: an untagged revision that is meant to be deleted, and that something uses.'),
} satisfies FieldsOf<GcBreakage>

const deployedFields = {
  image: z.string().describe('As the file of --from writes it.'),
  repository: z.string(),
  usedBy: z.array(z.string()).describe('Such as compose.yaml:12: service web.'),
} satisfies FieldsOf<DeployedRecord>

const freed = z.strictObject({
  ...amountFields,
  byRepository: z.array(
    z.strictObject({
      repository: z.string(),
      own: amount.describe('What only this repository linked or named.'),
      shared: amount.describe('What others linked or named too: it counts for each of them.'),
    }),
  ),
  byCause: z
    .strictObject({ untagged: amount, unlinked: amount, uploads: amount, unseen: amount })
    .describe(
      'untagged: a revision that is deleted named it. uploads: a repository links it, and no revision names it. unlinked: nothing links it. unseen: a repository links it that the engine does not find.',
    ),
} satisfies FieldsOf<GcFreed>)

const remainder = z.strictObject({
  kind: z.enum(['orphan-layer-links', 'uploads', 'digest-aliases']),
  count,
  bytes: count.describe('Only of uploads.'),
  byRepository: z.array(z.strictObject({ repository: z.string(), count, bytes: count })),
} satisfies FieldsOf<GcRemainder>)

const counts = {
  ...run,
  verdict,
  intended: count.describe('Untagged revisions that are meant to be deleted, and that nothing is known to use.'),
  deleted: z.strictObject({ manifests: count, blobs: count, layerLinks: count }),
  kept: z.strictObject({ revisions: count, blobs: count, blobBytes: count }),
}

const collection = z
  .strictObject({
    ...counts,
    aborts: z.array(abort),
    broken: z.array(z.strictObject(breakageFields).meta({ id: 'Breakage' })),
    deployed: z.array(
      z.strictObject({
        ...deployedFields,
        tag: z.string().optional(),
        digest,
        becomes: breakageFields.becomes,
      } satisfies FieldsOf<BrokenDeploymentRecord>),
    ),
    freed,
    stays: z.array(remainder).describe('What stays although one may expect it to go.'),
  } satisfies FieldsOf<CollectionRecord>)
  .meta({ id: 'Collection', description: 'One way to collect garbage, and what it would do.' })

const issue = z.strictObject({
  kind: z.enum([
    'schema1',
    'manifest-linked-as-layer',
    'layer-link-invalid',
    'layers-missing',
    'tags-missing',
    'manifests-missing',
  ]),
  effect: z.enum(['not-served', 'collection-aborts', 'silently-deleted']),
  repository: z.string(),
  path: z.string(),
  digest: digest.optional(),
  tags: z.array(z.string()),
} satisfies FieldsOf<ReadinessIssue>)

const summaryFields = {
  target: z.string(),
  registry: z.string().describe('Its label, unique in a report.'),
  complete: z.boolean().describe('Everything was read, and nothing moved meanwhile.'),
  error: z.string().optional().describe('Why it could not be read at all.'),
  stored: z
    .strictObject({ repositories: count, tags: count, ...amountFields } satisfies FieldsOf<StoredAmounts>)
    .optional(),
  readiness: z
    .strictObject({ ready: z.enum(['yes', 'no', 'unknown']), issues: z.array(issue) })
    .optional()
    .describe('Whether 3.x serves and collects everything that is stored. Missing if it was not asked for.'),
  deployed: z
    .strictObject({
      images: count,
      absent: z.array(z.strictObject(deployedFields).meta({ id: 'DeployedImage' })),
    })
    .optional()
    .describe('The images of --from that are in this registry, and those of them that are not stored now.'),
}

const target = z
  .strictObject({
    ...summaryFields,
    collections: z.array(collection),
    findings: z.array(finding),
    unchecked: z.array(unchecked),
  } satisfies FieldsOf<PreviewTarget>)
  .meta({ id: 'Target', description: 'One registry.' })

/** `gc-preview --output json`. */
export const previewReport: z.ZodType = z
  .strictObject({
    schemaVersion: z.literal(1),
    tool: z.strictObject({ name: z.literal('regfsck'), version: z.string() }),
    startedAt: instant,
    finishedAt: instant,
    verdict,
    targets: z.array(target),
  } satisfies FieldsOf<PreviewDocument>)
  .meta({
    title: 'Preview of garbage collection by regfsck',
    description:
      'What regfsck gc-preview --output json prints. A line of --output ndjson is #/$defs/Record. Later versions may add fields and values to both. Any other change also changes schemaVersion.',
  })

const registry = z.string()

/** A line of `gc-preview --output ndjson`. */
export const previewRecord: z.ZodType = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('collection'), registry, ...counts, freed: amount }),
    z.strictObject({ type: z.literal('broken'), registry, ...run, ...breakageFields }),
    z.strictObject({ type: z.literal('finding'), registry, ...findingFields }).meta({ id: 'FindingRecord' }),
    z.strictObject({ type: z.literal('unchecked'), registry, ...uncheckedFields }),
    z.strictObject({ type: z.literal('summary'), ...summaryFields }),
  ])
  .meta({ id: 'Record', description: 'A line of --output ndjson. Each registry ends with its summary.' })
