import type { Depth } from '../rules.ts'
import type { FindingCause, FindingCode, GarbageKind, Severity } from './code.ts'

/** What is true of every finding with one code. */
export interface FindingKind {
  /** Why it can be so; its page in `docs/findings` explains each. */
  readonly causes: readonly [FindingCause, ...FindingCause[]]
  /** Those that it can have, the worst first. */
  readonly severities: readonly [Severity, ...Severity[]]
  /** What it is about, and how that stands, in a heading. */
  readonly thing: string
  readonly state: string
  /** The shallowest complete scan that proves there are none when it finds none. Left out: no scan proves it. */
  readonly provedFrom?: { readonly depth: Depth; readonly by: 'any' | 'api' | 'against' }
  /** Which totals count the object that it is about. Left out: none do. */
  readonly counts?: 'manifests' | 'blobs'
  /** Whether what is below it cannot be seen. */
  readonly hides?: true
  /** Whether a warning with this code is about content that is gone or altered and that no tag needs. */
  readonly losesContent?: true
  /** What it is counted as, where it only takes up space. */
  readonly garbage?: GarbageKind
}

const LINK_OR_MANIFEST_LOST = ['revision-link-missing', 'revision-link-invalid', 'manifest-missing'] as const
const LINK_OR_BLOB_LOST = ['layer-link-missing', 'layer-link-invalid', 'blob-missing'] as const

/**
 * Every code that a source of today can show, in the order of the metrics. What a code needs beside its entry here the
 * compiler and the tests ask for: a sentence (`message.ts`), a remedy (`repair/remedy.ts`), `docs/findings/CODE.md`, a
 * fixture.
 */
export const FINDINGS: Readonly<Record<FindingCode, FindingKind>> = {
  'tag-dangling': {
    causes: ['link-missing', 'link-invalid', ...LINK_OR_MANIFEST_LOST, 'not-served'],
    severities: ['error'],
    thing: 'manifest',
    state: 'missing',
    provedFrom: { depth: 'graph', by: 'any' },
    hides: true,
  },
  'index-child-missing': {
    causes: [...LINK_OR_MANIFEST_LOST, 'not-served'],
    severities: ['error', 'warning'],
    thing: 'manifest',
    state: 'missing',
    provedFrom: { depth: 'graph', by: 'any' },
    counts: 'manifests',
    hides: true,
    losesContent: true,
  },
  'manifest-damaged': {
    causes: ['wrong-link', 'empty', 'digest-mismatch', 'unparsable', 'ambiguous', 'media-type-refused', 'too-large'],
    severities: ['error', 'warning'],
    thing: 'manifest',
    state: 'damaged',
    provedFrom: { depth: 'graph', by: 'any' },
    counts: 'manifests',
    hides: true,
    losesContent: true,
  },
  'config-missing': {
    causes: [...LINK_OR_BLOB_LOST, 'not-served'],
    severities: ['error', 'warning'],
    thing: 'config',
    state: 'missing',
    provedFrom: { depth: 'blobs', by: 'any' },
    counts: 'blobs',
    losesContent: true,
  },
  'layer-missing': {
    causes: [...LINK_OR_BLOB_LOST, 'not-served'],
    severities: ['error', 'warning'],
    thing: 'layer',
    state: 'missing',
    provedFrom: { depth: 'blobs', by: 'any' },
    counts: 'blobs',
    losesContent: true,
  },
  'blob-size-mismatch': {
    causes: ['empty', 'truncated', 'extended'],
    severities: ['error', 'warning'],
    thing: 'blob',
    state: 'wrong size',
    provedFrom: { depth: 'blobs', by: 'any' },
    counts: 'blobs',
    losesContent: true,
  },
  'blob-digest-mismatch': {
    causes: ['wrong-link', 'altered'],
    severities: ['error', 'warning'],
    thing: 'blob',
    state: 'altered',
    provedFrom: { depth: 'content', by: 'any' },
    counts: 'blobs',
    losesContent: true,
  },
  'descriptor-mismatch': {
    causes: ['size', 'media-type'],
    severities: ['error', 'warning'],
    thing: 'object',
    state: 'not as claimed',
    provedFrom: { depth: 'blobs', by: 'any' },
  },
  'served-as-wrong-type': {
    causes: ['content-type', 'content-length'],
    severities: ['error', 'warning'],
    thing: 'manifest',
    state: 'served as the wrong type',
    provedFrom: { depth: 'graph', by: 'api' },
    counts: 'manifests',
  },
  'masked-by-cache': {
    causes: ['link-missing', 'link-invalid', ...LINK_OR_MANIFEST_LOST, ...LINK_OR_BLOB_LOST],
    severities: ['error'],
    thing: 'object',
    state: 'lost on disk, masked by a cache',
    provedFrom: { depth: 'blobs', by: 'against' },
  },
  'not-served-by-api': {
    causes: ['not-served', 'empty', 'digest-mismatch', 'truncated', 'extended', 'altered'],
    severities: ['error'],
    thing: 'object',
    state: 'not served by the API',
    provedFrom: { depth: 'content', by: 'against' },
  },
  'orphan-layer-link': {
    causes: ['blob-missing'],
    severities: ['warning'],
    thing: 'layer link',
    state: 'target gone',
    losesContent: true,
    garbage: 'layer_link_orphan',
  },
  'orphan-revision-link': {
    causes: ['manifest-missing'],
    severities: ['error', 'warning'],
    thing: 'revision link',
    state: 'target gone',
    losesContent: true,
    garbage: 'revision_link_orphan',
  },
  'link-invalid': {
    causes: ['revision-link-invalid', 'layer-link-invalid', 'wrong-link'],
    severities: ['error', 'warning'],
    thing: 'link',
    state: 'not valid',
  },
  'engine-dependent': {
    causes: ['schema1', 'manifest-linked-as-layer'],
    severities: ['error', 'warning'],
    thing: 'manifest',
    state: 'not served by distribution 3.x',
  },
  'blob-unreferenced': {
    causes: ['unreferenced'],
    severities: ['notice'],
    thing: 'blob',
    state: 'not needed',
    garbage: 'blob_unreferenced',
  },
  'upload-abandoned': {
    causes: ['expired'],
    severities: ['notice'],
    thing: 'upload',
    state: 'abandoned',
    garbage: 'upload_abandoned',
  },
  'crash-debris': {
    causes: ['temporary-file'],
    severities: ['notice'],
    thing: 'temporary file',
    state: 'left behind',
    garbage: 'crash_debris',
  },
}

export const FINDING_CODES: readonly FindingCode[] = Object.keys(FINDINGS).filter(isFindingCode)

/** Whether text, as it may stand in evidence or in a file of an earlier run, is a code of today. */
export function isFindingCode(text: unknown): text is FindingCode {
  return typeof text === 'string' && Object.hasOwn(FINDINGS, text)
}
