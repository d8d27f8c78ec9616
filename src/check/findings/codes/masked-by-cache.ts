import type { Parts } from '../../repair/parts.ts'
import { missingBlob } from '../../repair/remedies/missing-blob.ts'
import { missingManifest } from '../../repair/remedies/missing-manifest.ts'
import type { Remedy } from '../../repair/remedy.ts'
import type { CauseOf } from '../code.ts'
import type { Evidence } from '../evidence.ts'
import type { FindingOf } from '../finding.ts'
import type { FindingKind } from '../kind.ts'
import { absent, content, gone } from '../phrases.ts'

/** See `docs/findings/masked-by-cache.md`. */
export const maskedByCache: FindingKind<'masked-by-cache'> = {
  causes: [
    'link-missing',
    'link-invalid',
    'revision-link-missing',
    'revision-link-invalid',
    'manifest-missing',
    'layer-link-missing',
    'layer-link-invalid',
    'blob-missing',
  ],
  severities: ['error'],
  thing: 'object',
  state: 'lost on disk, masked by a cache',
  provedFrom: { depth: 'blobs', by: 'against' },
  message: ({ cause, evidence }) =>
    `On disk, ${lost(cause, evidence)}; the API still claims it, ${evidence.apiServes ? 'and serves it until the registry restarts or its cache forgets it.' : 'but cannot send it: pulls fail, and pushes skip it.'}`,
  remedy: saveThenRepair,
}

function lost(cause: CauseOf<'masked-by-cache'>, evidence: Evidence): string {
  if (cause === 'link-missing') return 'the tag has no link'
  if (cause === 'link-invalid') return `the tag's link holds ${content(evidence)} instead of a digest`
  if (cause === 'manifest-missing') return `the manifest cannot be read, because ${gone(evidence)}`
  return absent(cause, evidence)
}

/** First save what the cache still serves, then repair what the disk lacks. */
function saveThenRepair(finding: FindingOf<'masked-by-cache'>, parts: Parts): Remedy {
  const { onDisk, apiServes } = finding.evidence
  const isBlob = onDisk === 'config-missing' || onDisk === 'layer-missing'
  const { action, why, steps } = isBlob ? missingBlob(finding, parts) : missingManifest(finding, parts)
  return {
    action,
    why: `${apiServes ? 'Copy it to another place while it is still served. Then restart' : 'Restart'} the registry, which clears its cache (flush a Redis cache yourself); otherwise a push skips what the cache still claims. ${why}`,
    steps: apiServes ? [...parts.saves(), ...steps] : steps,
  }
}
