import { FINDING_CODES, FINDINGS } from '../../../src/check/findings/catalogue.ts'
import type { FindingCause, FindingCode, Severity } from '../../../src/check/findings/code.ts'
import type { Evidence, MaskedCode } from '../../../src/check/findings/evidence.ts'
import type { AnyFinding, Finding } from '../../../src/check/findings/finding.ts'
import { parseDigest } from '../../../src/oci/digest.ts'
import { digestOf, MEDIA_TYPE } from '../../support/builders/images.ts'

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

/** A finding put together from parts of others: the compiler cannot know that code, cause and evidence belong together. */
export function asFinding(finding: AnyFinding): Finding {
  return finding as Finding
}

/** Evidence that findings of some codes always have. */
const ALWAYS: Evidence = {
  bytes: 5,
  startedAt: '2026-01-01T00:00:00.000Z',
  overApi: 'layer-missing',
  usedBy: ['compose.yaml:3: service web'],
  because: ['layer-missing'],
  platform: 'linux/arm64',
  has: ['linux/amd64'],
  collections: ['2.8 --delete-untagged'],
  error: 'invalid checksum digest format',
  object: 'manifest',
  running: [
    { digest: parseDigest(digestOf(Buffer.from('running'))), usedBy: ['pods.json:3: Pod shop/web, container app'] },
  ],
}

/** One finding for every code and cause, with this evidence. */
export function everyFinding(given: Evidence): Finding[] {
  const evidence = { ...ALWAYS, ...given }
  return FINDING_CODES.flatMap((code) => findingsOf(code, evidence).map(asFinding))
}

function findingsOf(code: FindingCode, evidence: Evidence): AnyFinding[] {
  return FINDINGS[code].causes.map((cause): AnyFinding => {
    const severity = plainSeverityOf(code)
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
    if (code !== 'tag-dangling' && code !== 'image-moved')
      return { ...common, repository: 'team/app', digest, evidence }
    return { ...common, repository: 'team/app', tag: 'stable', tags: ['stable'], evidence: { ...evidence, digest } }
  })
}

/** The finding that a cache masks. */
function onDisk(cause: FindingCause): MaskedCode {
  if (cause.startsWith('link-')) return 'tag-dangling'
  return cause === 'manifest-missing' || cause.startsWith('revision-') ? 'index-child-missing' : 'layer-missing'
}

/** As it is where nothing is said of tags and engines. */
function plainSeverityOf(code: FindingCode): Severity {
  const [worst, ...others] = FINDINGS[code].severities
  return code.startsWith('orphan-') || code === 'link-invalid' ? (others.at(-1) ?? worst) : worst
}
