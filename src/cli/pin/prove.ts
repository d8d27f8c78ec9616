import type { ScanEvent } from '../../check/events.ts'
import { fileEvents } from '../../references/file-events.ts'
import type { ExitCode } from '../process/exit-code.ts'
import type { Io } from '../process/io.ts'
import type { Job } from '../run/job.ts'
import { runJobs } from '../run/run.ts'
import type { PinRequest } from './pin-request.ts'
import { type ImageResult, PinResults } from './pin-results.ts'
import type { PinTarget } from './pin-targets.ts'

/** What the check of the images said. */
export interface Proved {
  readonly code: ExitCode
  readonly resultOf: (target: PinTarget) => ImageResult
}

/** Checks the images, as `check --from` does. The table goes to stderr, where something is wrong. */
export async function prove(
  jobs: readonly Job[],
  request: PinRequest,
  { io, version }: { readonly io: Io; readonly version: string },
): Promise<Proved> {
  const results = new PinResults()
  const { unknown, unreadable, images, paths, depth } = request
  const totals = {
    files: request.fileCount,
    references: request.targets.filter(({ image }) => image !== undefined).length + unknown.length,
    images: images.length,
  }
  const info = {
    target: paths.join(', '),
    registry: 'references',
    kind: 'references',
    depth,
    pullThrough: false,
  } as const
  const code = await runJobs(jobs.map(withoutTagFindings), request, {
    io,
    version,
    results: io.stderr,
    lastTarget: fileEvents({ unknown, unreadable, skipped: [], totals }, info),
    onEvent: (event) => {
      results.take(event)
    },
  })
  return {
    code,
    resultOf: ({ image }) => (image === undefined ? { is: 'unknown' } : results.of(image)),
  }
}

/** That an image is named by a tag is no finding here: its tag is what is pinned. */
function withoutTagFindings(job: Job): Job {
  const dropped = new Set<string>()
  const withoutOne = (event: ScanEvent): readonly ScanEvent[] => {
    if (event.type === 'tag') return [{ ...event, findings: event.findings.filter((id) => !dropped.has(id)) }]
    if (event.type !== 'finding' || event.finding.code !== 'image-unpinned') return [event]
    dropped.add(event.finding.id)
    return []
  }
  return { ...job, extend: (event) => (job.extend?.(event) ?? [event]).flatMap(withoutOne) }
}
