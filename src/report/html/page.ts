import { SERVED_POLICY } from './shell.ts'

export { notFoundPage } from './not-found.ts'
export { overviewPage } from './overview/overview.ts'
export { PreparedRegistry } from './registry/registry.ts'
export type { PageFacts } from './shell.ts'

/** What a page is sent with: it may load nothing, and nobody may frame it. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': `${SERVED_POLICY}; frame-ancestors 'none'`,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}
