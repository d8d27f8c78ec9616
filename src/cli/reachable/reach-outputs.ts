import type { ReachEvent } from '../../check/reach/reach-registry.ts'
import { answerLines } from '../../report/reachable/answer-lines.ts'
import { protectList } from '../../report/reachable/protect-list.ts'
import { reachJson } from '../../report/reachable/reach-json.ts'
import type { ReachEnd, ReachInfo, ReachOutput } from '../../report/reachable/reach-output.ts'
import { reachTable } from '../../report/reachable/reach-table.ts'
import type { Write } from '../../report/report.ts'
import { writeOutputFile } from '../files/output-file.ts'
import type { Io } from '../process/io.ts'
import { wantsColor } from '../run/wants-color.ts'
import type { ReachableRequest } from './reachable-request.ts'

/** All outputs of a run. */
export interface ReachOutputs {
  target(info: ReachInfo): void
  take(event: ReachEvent): void
  /** @returns what could not be delivered */
  end(end: ReachEnd): Promise<readonly string[]>
}

/** Opens the outputs of a request. What goes to stdout is written as it becomes known. */
export function openReachOutputs(request: ReachableRequest, io: Io, version: string): ReachOutputs {
  const opened = request.outputs.map(({ format, file }) => {
    const pieces: string[] = []
    const write: Write = file === undefined ? io.stdout.write : (text) => void pieces.push(text)
    return { output: outputOf(format, write, file === undefined, { request, io, version }), file, pieces }
  })
  return {
    target(info) {
      for (const { output } of opened) output.target(info)
    },
    take(event) {
      for (const { output } of opened) output.take(event)
    },
    async end(end) {
      const problems: string[] = []
      for (const { output, file, pieces } of opened) {
        output.end(end)
        if (file !== undefined) problems.push(...(await deliver(file, pieces, io.signal)))
      }
      return problems
    },
  }
}

function outputOf(
  format: string,
  write: Write,
  isStdout: boolean,
  { request, io, version }: { readonly request: ReachableRequest; readonly io: Io; readonly version: string },
): ReachOutput {
  if (format === 'json') return reachJson(write, version)
  if (request.printsProtectList) return protectList(write)
  if (request.asked !== undefined) return answerLines(write)
  const color = isStdout && wantsColor(request, io, io.stdout)
  return reachTable(write, { color, columns: (isStdout ? io.stdout.columns : undefined) ?? 100 })
}

async function deliver(file: string, pieces: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
  try {
    await writeOutputFile(file, pieces, signal)
    return []
  } catch (error) {
    return [`cannot write ${file}: ${error instanceof Error ? error.message : String(error)}`]
  }
}
