import type { ReportTarget } from '../json/document.ts'

/** When the oldest remaining error was first seen. `undefined`: no error, or no state of earlier runs. */
export function damagedSince({ findings }: Pick<ReportTarget, 'findings'>): Date | undefined {
  let oldest: string | undefined
  for (const { severity, firstSeen } of findings)
    if (severity === 'error' && firstSeen !== undefined && (oldest === undefined || firstSeen < oldest))
      oldest = firstSeen
  const date = new Date(oldest ?? Number.NaN)
  return Number.isNaN(date.getTime()) ? undefined : date
}
