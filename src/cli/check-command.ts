import type { ScanEvent } from '../check/events.ts'
import { harmless } from '../report/escape.ts'
import { askRegistry, manifestCacheOf } from './ask-registry.ts'
import type { CheckRequest, Wanted } from './check-request.ts'
import type { ExitCode } from './exit-code.ts'
import type { Io } from './io.ts'
import { type Job, runJobs } from './run.ts'

/**
 * Check single images end to end. Stdout carries what was proved, `name@sha256:…`, one a line, so that a pipeline can pin
 * or promote exactly that; the table goes to stderr. With `--output`, stdout is the outputs' business.
 */
export async function checkCommand(request: CheckRequest, io: Io, version: string): Promise<ExitCode> {
  const proofs = new Proofs(request.images)
  const results = request.printsProofs ? io.stderr : io.stdout
  const manifestCache = manifestCacheOf(request.api, io)
  const jobs = request.images.map((image): Job => {
    const { origin, text, repository, wanted } = image
    const registry = new URL(origin).host
    const only = { repository, reference: wanted }
    return {
      info: { target: text, registry, kind: 'api', pullThrough: false },
      unlisted: [],
      rulesFor: () => request.rules,
      open: () =>
        askRegistry(origin, request.api, { registry, env: io.env, fetchesWhenAsked: false, only, manifestCache }),
    }
  })
  const code = await runJobs(jobs, request, {
    io,
    version,
    results,
    onEvent: (event) => {
      proofs.take(event)
    },
  })
  if (request.printsProofs) for (const proof of proofs.proved(request.expected)) io.stdout.write(`${harmless(proof)}\n`)
  const others = proofs.others(request.expected)
  for (const other of others) io.stderr.write(`regfsck: ${harmless(other)}\n`)
  return others.length > 0 && (code === 0 || code === 3) ? 1 : code
}

/** What each image turned out to be. Events come in the order of the images. */
class Proofs {
  readonly #images: readonly Wanted[]
  readonly #digests = new Map<number, { readonly digest: string; readonly whole: boolean }>()
  readonly #complete = new Set<number>()
  #now = -1

  constructor(images: readonly Wanted[]) {
    this.#images = images
  }

  take(event: ScanEvent): void {
    if (event.type === 'target') this.#now++
    if (event.type === 'tag' && event.record.digest !== undefined)
      this.#digests.set(this.#now, { digest: event.record.digest, whole: event.record.verdict === 'intact' })
    if (event.type === 'summary' && event.complete) this.#complete.add(this.#now)
  }

  proved(expected: string | undefined): string[] {
    return this.#images.flatMap(({ name }, n) => {
      const found = this.#digests.get(n)
      if (!found?.whole || !this.#complete.has(n)) return []
      return expected === undefined || found.digest === expected ? [`${name}@${found.digest}`] : []
    })
  }

  /** Images that are something else than was expected. */
  others(expected: string | undefined): string[] {
    if (expected === undefined) return []
    return this.#images.flatMap(({ text }, n) => {
      const found = this.#digests.get(n)
      return found === undefined || found.digest === expected ? [] : [`${text} is ${found.digest}, not ${expected}`]
    })
  }
}
