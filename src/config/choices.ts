/**
 * Words that an option takes, by its long name. Reading, help, completion and the file's schema share them.
 *
 * Of each, the first is what a wrong word is read as, until all problems are told.
 */
export const CHOICES = {
  depth: ['blobs', 'graph', 'content'],
  output: ['table', 'json', 'ndjson', 'junit', 'markdown', 'html', 'prometheus', 'repair'],
  roots: ['tags', 'revisions'],
  engine: ['2', '3'],
  'fail-on': ['error', 'warning', 'never'],
  color: ['auto', 'always', 'never'],
  'log-level': ['silent', 'error', 'warn', 'info', 'debug', 'trace'],
} as const

/** Reports of whole registries only. */
export const ONLY_OF_SCAN: ReadonlySet<string> = new Set(['prometheus'])
