import { adviceOnly } from '../../repair/remedy.ts'
import type { FindingKind } from '../kind.ts'

/** See `docs/findings/not-served-by-api.md`. */
export const notServedByApi: FindingKind<'not-served-by-api'> = {
  causes: ['not-served', 'empty', 'digest-mismatch', 'truncated', 'extended', 'altered'],
  severities: ['error'],
  thing: 'object',
  state: 'not served by the API',
  provedFrom: { depth: 'content', by: 'against' },
  message: ({ cause }) =>
    cause === 'not-served'
      ? 'It is intact on disk, but the API answers that it does not exist.'
      : `It is intact on disk, but the API serves other bytes (${cause}).`,
  remedy: () =>
    adviceOnly(
      'none',
      'The storage is intact, so no push repairs it. Check what comes between: a proxy or its cache, permissions, a replica with other storage, a path prefix, or a registry that was started before the files were there. Send requests to the registry itself, bypassing any proxy.',
    ),
}
