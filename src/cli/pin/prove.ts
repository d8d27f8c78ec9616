import { fileEvents } from '../../references/file-events.ts'
import type { ExitCode } from '../process/exit-code.ts'
import type { Io } from '../process/io.ts'
import type { Job } from '../run/job.ts'
import { runJobs } from '../run/run.ts'
import { ImageEvents } from './image-events.ts'
import type { PinRequest } from './pin-request.ts'
import { type ImageResult, PinResults } from './pin-results.ts'
import type { PinTarget } from './pin-targets.ts'

/** What the check of the images said. */
export interface Proved {
  readonly code: ExitCode
  readonly resultOf: (target: PinTarget) => ImageResult | { readonly is: 'only-built' }
}

/** Checks the images, as `check --from` does. The table goes to stderr, where something is wrong. */
export async function prove(
  jobs: readonly Job[],
  request: PinRequest,
  { io, version }: { readonly io: Io; readonly version: string },
): Promise<Proved> {
  const events = jobs.map(
    ({ extend = (event) => [event] }, n) => new ImageEvents(extend, request.images[n]?.isBuildable ?? false),
  )
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
  const code = await runJobs(
    jobs.map((job, n) => ({ ...job, extend: (event) => events[n]?.take(event) ?? [event] })),
    request,
    {
      io,
      version,
      results: io.stderr,
      lastTarget: fileEvents({ unknown, unreadable, totals }, info),
      onEvent: (event) => {
        results.take(event)
      },
    },
  )
  return {
    code,
    resultOf: ({ image }) => {
      if (image === undefined) return { is: 'unknown' }
      return events[image]?.isOnlyBuilt ? { is: 'only-built' } : results.of(image)
    },
  }
}
