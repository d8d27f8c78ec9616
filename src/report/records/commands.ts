import type { ReportedFinding } from '../../check/events.ts'

/**
 * The commands of several findings as one list, each once, in an order that works for all of them. A command that two lists
 * share, such as the restart, stays after everything that precedes it and before everything that follows it.
 */
export function commandsOf(findings: readonly Pick<ReportedFinding, 'repair'>[]): readonly string[] {
  const merged: string[] = []
  for (const { repair } of findings) {
    let from = 0
    let waiting: string[] = []
    for (const command of repair.commands) {
      const at = merged.indexOf(command, from)
      if (at < 0) {
        if (!merged.includes(command)) waiting.push(command)
        continue
      }
      merged.splice(at, 0, ...waiting)
      from = at + waiting.length + 1
      waiting = []
    }
    merged.push(...waiting)
  }
  return merged
}
