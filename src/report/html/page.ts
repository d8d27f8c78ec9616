import { SERVED_POLICY } from './shell.ts'

export { deployedPage } from './deployed/deployed-page.ts'
export { notFoundPage } from './not-found.ts'
export { overviewPage } from './overview/overview.ts'
export { PreparedRegistry } from './registry/registry.ts'
export type { PageFacts } from './shell.ts'

/** Response headers of a page: it may load nothing, and no other page may embed it. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': `${SERVED_POLICY}; frame-ancestors 'none'`,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}
