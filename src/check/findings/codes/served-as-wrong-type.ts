import { adviceOnly } from '../../repair/remedy.ts'
import type { Evidence } from '../evidence.ts'
import type { FindingKind } from '../kind.ts'
import { text } from '../phrases.ts'

/** See `docs/findings/served-as-wrong-type.md`. */
export const servedAsWrongType: FindingKind<'served-as-wrong-type'> = {
  causes: ['content-type', 'content-length'],
  severities: ['error', 'warning'],
  thing: 'manifest',
  state: 'served as the wrong type',
  provedFrom: { depth: 'graph', by: 'api' },
  counts: 'manifests',
  message: ({ cause, evidence }) =>
    cause === 'content-length'
      ? 'The registry answers HEAD with Content-Length 0: containerd refuses to pull it.'
      : `The registry serves it ${servedAs(evidence)}, not as a manifest: clients refuse it.`,
  remedy: () =>
    adviceOnly(
      'none',
      'The bytes are intact, so no push repairs it. Fix the proxy or the registry that rewrites the header: request the manifest with "curl -sSI" from the public address and from the registry itself, and compare the headers.',
    ),
}

function servedAs({ contentType, method }: Evidence): string {
  const served = contentType === '' ? 'without a Content-Type' : `as ${text(contentType)}`
  return method === 'HEAD' ? `${served} over HEAD` : served
}
