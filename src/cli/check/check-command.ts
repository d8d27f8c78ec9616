import type { TargetInfo } from '../../check/events.ts'
import { placeText } from '../../check/findings/phrases.ts'
import type { Depth } from '../../check/rules.ts'
import { fileEvents } from '../../references/file-events.ts'
import type { LeftOut } from '../../references/read.ts'
import { harmless } from '../../report/escape.ts'
import { ownFilesOf, requireOutsideRegistries } from '../files/own-files.ts'
import type { ExitCode } from '../process/exit-code.ts'
import type { Io } from '../process/io.ts'
import { stopSignal } from '../process/stop-signal.ts'
import { parentMessages } from '../run/parent-messages.ts'
import { runJobs } from '../run/run.ts'
import type { CheckRequest } from './check-request.ts'
import type { Deployed } from './deployed.ts'
import { imageJobs } from './image-jobs.ts'
import { Proofs } from './proofs.ts'

/**
 * Checks single images end to end. Stdout lists the proved images as `name@sha256:…`, one a line, so that a pipeline can
 * pin or promote exactly these; the table goes to stderr. With `--output`, stdout is for the outputs.
 */
export async function checkCommand(request: CheckRequest, outer: Io, version: string): Promise<ExitCode> {
  const { parent } = request.sendsToParent ? outer : {}
  const messages = parent && parentMessages(parent)
  const io = parent ? { ...outer, signal: stopSignal([outer.signal, parent.gone]).signal } : outer
  requireOutsideRegistries(ownFilesOf(request), [])
  const { deployed } = request
  const proofs = new Proofs(request.images, request.expected)
  // The default table goes to stderr; a result that could not be written to its file goes to stdout.
  const results = request.outputs.some(({ file }) => file === undefined) && request.printsProofs ? io.stderr : io.stdout
  const { jobs, close } = await imageJobs(request.images, request, { io, version, traffic: messages?.traffic })
  const asides = [...(deployed?.leftOut.map(leftOutText) ?? []), ...(deployed?.missingSecrets ?? [])]
  if (!request.quiet) for (const sentence of asides) io.stderr.write(`regfsck: ${harmless(sentence)}\n`)
  for (const sentence of hostsWithoutImage(request)) io.stderr.write(`regfsck: ${harmless(sentence)}\n`)
  const code = await runJobs(jobs, request, {
    io,
    version,
    results,
    lastTarget: deployed && fileEvents(deployed, infoOf(deployed, request.depth)),
    onEvent: (event) => {
      proofs.take(event)
      messages?.event(event)
    },
  })
  await close()
  await messages?.finish()
  // The parent decides by the events what is proved.
  if (messages !== undefined) return code
  if (request.printsProofs && code !== 5) for (const proof of proofs.proved()) io.stdout.write(`${harmless(proof)}\n`)
  const problems = proofs.problems()
  for (const problem of problems) io.stderr.write(`regfsck: ${harmless(problem)}\n`)
  return problems.length > 0 && (code === 0 || code === 3) ? 1 : code
}

/** A host may be without images today, so this is no error. */
function hostsWithoutImage({ hostDepths, images }: CheckRequest): readonly string[] {
  const used = new Set(images.map(({ origin }) => new URL(origin).host))
  return [...hostDepths.keys()].filter((host) => !used.has(host)).map((host) => `--host-depth: no image is at ${host}`)
}

/** The files of `--from`, as a target. */
function infoOf({ paths }: Deployed, depth: Depth): TargetInfo {
  return { target: paths.join(', '), registry: 'references', kind: 'references', depth, pullThrough: false }
}

function leftOutText({ place, what, because }: LeftOut): string {
  return `${placeText(place)}: ${what} is not checked: ${because}`
}
