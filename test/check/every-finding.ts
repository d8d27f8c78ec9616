import type { Evidence, Finding, FindingCause, FindingCode, Severity } from '../../src/check/finding.ts'
import { parseDigest } from '../../src/oci/digest.ts'
import { digestOf, MEDIA_TYPE } from '../support/images.ts'

/** Every code with each of its causes, as the contract's table of findings has them. */
const CAUSES: Readonly<Record<FindingCode, readonly FindingCause[]>> = {
  'tag-dangling': [
    'link-missing',
    'link-invalid',
    'revision-link-missing',
    'revision-link-invalid',
    'manifest-missing',
    'not-served',
  ],
  'index-child-missing': ['revision-link-missing', 'revision-link-invalid', 'manifest-missing', 'not-served'],
  'manifest-damaged': ['wrong-link', 'empty', 'digest-mismatch', 'unparsable', 'ambiguous', 'media-type-refused'],
  'config-missing': ['layer-link-missing', 'layer-link-invalid', 'blob-missing', 'not-served'],
  'layer-missing': ['layer-link-missing', 'layer-link-invalid', 'blob-missing', 'not-served'],
  'blob-size-mismatch': ['empty', 'truncated', 'extended'],
  'blob-digest-mismatch': ['wrong-link', 'altered'],
  'descriptor-mismatch': ['size', 'media-type'],
  'served-as-wrong-type': ['content-type', 'content-length'],
  'masked-by-cache': [
    'link-missing',
    'link-invalid',
    'revision-link-missing',
    'revision-link-invalid',
    'manifest-missing',
    'layer-link-missing',
    'layer-link-invalid',
    'blob-missing',
  ],
  'not-served-by-api': ['not-served', 'empty', 'digest-mismatch', 'truncated', 'extended', 'altered'],
  'orphan-layer-link': ['blob-missing'],
  'orphan-revision-link': ['manifest-missing'],
  'link-invalid': ['revision-link-invalid', 'layer-link-invalid', 'wrong-link'],
  'engine-dependent': ['schema1', 'manifest-linked-as-layer'],
  'blob-unreferenced': ['unreferenced'],
  'upload-abandoned': ['expired'],
  'crash-debris': ['temporary-file'],
}

const digest = parseDigest(digestOf(Buffer.from('it')))

/** Evidence of every kind at once, below this root. */
export function evidenceAt(root: string): Evidence {
  return {
    path: `${root}/path`,
    link: `${root}/link`,
    blobPath: `${root}/blob`,
    ownPath: `${root}/own`,
    survivingManifest: `${root}/survivor`,
    survivingMediaType: MEDIA_TYPE.oci.image,
    namedBlobs: 3,
    presentBlobs: 3,
    blobStored: true,
    content: '""',
    linkNames: digestOf(Buffer.from('another')),
    measuredDigest: digestOf(Buffer.from('measured')),
    measuredSize: 1,
    claimedSize: 2,
    refusal: 'config is not an object',
    claimedMediaType: MEDIA_TYPE.docker.image,
    measuredMediaType: MEDIA_TYPE.oci.image,
    mediaType: MEDIA_TYPE.schema1,
    contentType: 'application/json',
    method: 'GET',
    contentLength: 0,
    revisionDirectory: 'gone',
    bytes: 5,
    startedAt: '2026-01-01T00:00:00.000Z',
  }
}

/** One finding for every code and cause, with this evidence. */
export function everyFinding(evidence: Evidence): Finding[] {
  return (Object.keys(CAUSES) as FindingCode[]).flatMap((code) =>
    CAUSES[code].map((cause): Finding => {
      const severity = severityOf(code)
      const common = { code, cause, severity, tags: ['stable', 'nightly'], parents: [], platforms: [] }
      if (code === 'upload-abandoned' || code === 'crash-debris') return { ...common, repository: 'team/app', evidence }
      if (code === 'blob-unreferenced') return { ...common, repository: undefined, digest, evidence }
      if (code === 'masked-by-cache')
        return {
          ...common,
          repository: 'team/app',
          digest,
          evidence: { ...evidence, onDisk: onDisk(cause), apiServes: true },
        }
      if (code !== 'tag-dangling') return { ...common, repository: 'team/app', digest, evidence }
      return { ...common, repository: 'team/app', tag: 'stable', tags: ['stable'], evidence: { ...evidence, digest } }
    }),
  )
}

/** The finding that a cache masks. */
function onDisk(cause: FindingCause): FindingCode {
  if (cause.startsWith('link-')) return 'tag-dangling'
  return cause === 'manifest-missing' || cause.startsWith('revision-') ? 'index-child-missing' : 'layer-missing'
}

function severityOf(code: FindingCode): Severity {
  if (['blob-unreferenced', 'upload-abandoned', 'crash-debris'].includes(code)) return 'notice'
  return ['orphan-layer-link', 'orphan-revision-link', 'link-invalid'].includes(code) ? 'warning' : 'error'
}
