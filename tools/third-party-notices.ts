import type { BundledPackage } from './bundled-packages.ts'

const RULE = '-'.repeat(80)

/** What the licences of bundled packages ask for: that they and their copyright notices come along. */
export function noticesOf(packages: readonly BundledPackage[]): string {
  const all = packages.map(({ name, version }) => `${name} ${version}`).join(', ')
  const intro = `regfsck contains code of these packages, each under its own licence: ${all}.`
  return [intro, ...packages.map(noticeOf)].join(`\n\n${RULE}\n`).concat('\n')
}

function noticeOf({ name, version, license, papers }: BundledPackage): string {
  return [`${name} ${version} (${license})`, ...papers.map((paper) => paper.replaceAll('\r', '').trim())].join('\n\n')
}
