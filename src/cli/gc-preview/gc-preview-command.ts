import { harmless } from '../../report/escape.ts'
import { ownFilesOf, requireOutsideRegistries } from '../files/own-files.ts'
import { type ExitCode, exitCodeOf } from '../process/exit-code.ts'
import type { Io } from '../process/io.ts'
import { stopSignal } from '../process/stop-signal.ts'
import { finishOutputs, openOutput } from '../run/outputs.ts'
import { wantsColor } from '../run/wants-color.ts'
import type { GcPreviewRequest } from './gc-preview-request.ts'
import { deliverMetrics } from './preview-delivery.ts'
import { previewJobs } from './preview-jobs.ts'
import { previewOf } from './preview-of.ts'
import { previewReport } from './preview-outputs.ts'
import { PreviewTally } from './preview-tally.ts'

/** Says what garbage collections of every target would do. */
export async function gcPreviewCommand(request: GcPreviewRequest, io: Io, version: string): Promise<ExitCode> {
  const startedAt = io.now()
  const say = (sentence: string): void => {
    io.stderr.write(`regfsck: ${harmless(sentence)}\n`)
  }
  const { signal, release } = stopSignal([io.signal], request.deadline)
  const { jobs, located } = await previewJobs(request)
  requireOutsideRegistries(ownFilesOf({ ...request, api: { manifestCacheIn: undefined } }), located)
  const style = { color: wantsColor(request, io, io.stdout), columns: io.stdout.columns ?? 100 }
  const to = { stdout: io.stdout.write, signal: io.signal, style }
  const outputs = await Promise.all(request.outputs.map((choice) => openOutput(choice, to, previewReport)))
  const tally = new PreviewTally()
  for (const job of jobs) {
    const previewed = await previewOf(job, { ...request, signal, onStuckThread: io.onStuckThread })
    tally.take(previewed)
    for (const { report } of outputs) report.take(previewed)
  }
  release()
  for (const sentence of aboutDeployed(request, tally)) say(sentence)
  const finishedAt = io.now()
  const { exposition, problems } = await deliverMetrics(tally.registries, request.metrics, {
    finishedAt,
    signal: io.signal,
  })
  const { verdict, complete } = tally
  for (const { report } of outputs) await report.end({ version, startedAt, finishedAt, verdict, complete, exposition })
  const undelivered = [...(await finishOutputs(outputs, request.outputs, verdict === 'safe')), ...problems]
  for (const problem of undelivered) say(problem)
  return exitCodeOf({
    stoppedBy: io.signal.aborted ? (io.signal.reason === 'SIGTERM' ? 'SIGTERM' : 'SIGINT') : undefined,
    undelivered: undelivered.length > 0,
    failing: request.failOn !== 'never' && tally.isFailing,
    targetsRead: tally.read,
    complete,
  })
}

/** A selection of nothing is no proof that nothing breaks. */
function aboutDeployed({ deployed, quiet }: GcPreviewRequest, tally: PreviewTally): readonly string[] {
  if (deployed === undefined) return []
  const leftOut = deployed.leftOut.map(
    ({ place, what, because }) => `${place.file}:${place.line}: ${what} is not compared: ${because}`,
  )
  if (tally.deployed > 0 || tally.read === 0) return quiet ? [] : leftOut
  tally.markIncomplete()
  return [...leftOut, `--from: none of the ${deployed.images.length} images is in a registry that was read`]
}
