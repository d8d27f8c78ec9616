import type { Parts } from '../../repair/parts.ts'
import { adviceOnly, type Remedy } from '../../repair/remedy.ts'
import type { AnyFinding } from '../finding.ts'
import type { FindingKind } from '../kind.ts'

/** See `docs/findings/engine-dependent.md`. */
export const engineDependent: FindingKind<'engine-dependent'> = {
  causes: ['schema1', 'manifest-linked-as-layer'],
  severities: ['error', 'warning'],
  thing: 'manifest',
  state: 'not served by distribution 3.x',
  message: ({ cause, tags }) =>
    cause === 'schema1'
      ? 'A schema 1 manifest: distribution 2.8 serves it, 3.x answers 500.'
      : `Its revision link is gone, but a layer link points to it: distribution 2.8 serves it, 3.x answers 404.${tags.length > 0 ? '' : ' No tag reaches it.'}`,
  remedy: uploadAsManifest,
}

function uploadAsManifest(finding: AnyFinding, parts: Parts): Remedy {
  const isSchema1 = finding.cause === 'schema1' || finding.evidence.mediaType?.includes('.distribution.manifest.v1+')
  if (isSchema1)
    return adviceOnly(
      'rebuild',
      'Current registries do not accept pushes of schema 1. Convert it while this one still serves it (skopeo copy --format v2s2, from the tag to the same tag, which gives it a new digest), or rebuild and push it.',
    )
  return {
    action: 'put-manifest',
    why: 'Upload the same bytes again as a manifest before an upgrade: that rewrites the revision link.',
    steps: parts.putFile(),
  }
}
