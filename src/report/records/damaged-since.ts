import type { ReportTarget } from '../json/document.ts'

/** When the oldest error that is still there was first seen. `undefined`: there is none, or earlier runs are not remembered. */
export function damagedSince({ findings }: Pick<ReportTarget, 'findings'>): Date | undefined {
  let oldest: string | undefined
  for (const { severity, firstSeen } of findings)
    if (severity === 'error' && firstSeen !== undefined && (oldest === undefined || firstSeen < oldest))
      oldest = firstSeen
  const date = new Date(oldest ?? Number.NaN)
  return Number.isNaN(date.getTime()) ? undefined : date
}
