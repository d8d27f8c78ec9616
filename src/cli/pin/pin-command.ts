import { redact } from '../../oci/redact.ts'
import type { PinnedUse } from '../../references/pin/pinned-use.ts'
import { harmless } from '../../report/escape.ts'
import { imageJobs } from '../check/image-jobs.ts'
import { ownFilesOf, requireOutsideRegistries } from '../files/own-files.ts'
import type { ExitCode } from '../process/exit-code.ts'
import type { Io } from '../process/io.ts'
import { checkPins } from './check-pins.ts'
import { historyPathOf } from './destination.ts'
import type { PinRequest } from './pin-request.ts'
import type { PinTarget } from './pin-targets.ts'
import { type Proved, prove } from './prove.ts'
import { tagImages } from './tags-now.ts'
import { writePins } from './write-pins.ts'

/**
 * Checks the images of files and pins each to the digest that was proved. Nothing is written unless all of them are whole.
 * Stdout has the pins, unless they go to a file.
 */
export async function pinCommand(request: PinRequest, io: Io, version: string): Promise<ExitCode> {
  requireOutsideRegistries([...filesOf(request), ...ownFilesOf(request)], [])
  const say = (sentence: string): void => {
    io.stderr.write(`regfsck: ${harmless(sentence)}\n`)
  }
  if (!request.quiet)
    for (const { place, what, because } of request.leftOut)
      say(`${place.file}:${place.line}: ${what} is left out: ${because}`)
  const tags = request.mode === 'check' ? tagImages(request.targets) : []
  const { jobs, close } = await imageJobs(
    [...request.images, ...tags.map(({ wanted }) => wanted)],
    { ...request, use: { requireDigest: false } },
    { io, version },
  )
  try {
    const proved = await prove(jobs.slice(0, request.images.length), request, { io, version })
    if (request.mode === 'check')
      return await checkPins(proved, request, { io, say, tags, tagJobs: jobs.slice(request.images.length) })
    return pinProved(proved, request, { io, say })
  } finally {
    await close()
  }
}

/** What may change. */
function filesOf({ destination, targets, mode }: PinRequest): { readonly flag: string; readonly path: string }[] {
  if (mode === 'check' || destination.is === 'stdout') return []
  const inPlace = destination.is === 'in-place'
  const paths = inPlace ? targets.map(({ reference }) => reference.place.file) : [destination.path]
  const flag = inPlace ? '--in-place' : '--write'
  return [...new Set(paths)].flatMap((path) => [path, historyPathOf(path)].map((each) => ({ flag, path: each })))
}

function pinProved(
  { code, resultOf }: Proved,
  request: PinRequest,
  { io, say }: { readonly io: Io; readonly say: (sentence: string) => void },
): ExitCode {
  const uses: PinnedUse[] = []
  const codes = new Set<ExitCode>([code])
  for (const target of request.targets) {
    const result = resultOf(target)
    const where = whereOf(target)
    if (result.is === 'whole') uses.push(useOf(target, result.digest))
    else if (result.is === 'only-built') {
      if (!request.quiet) say(`${where} is left out: compose builds its image, and the registry does not have it`)
    } else {
      codes.add(result.is === 'damaged' ? 1 : 3)
      say(`${where}: ${redact(target.key)} ${result.is === 'damaged' ? 'is not intact' : 'could not be checked'}`)
    }
  }
  const moved = movedMeanwhile(uses, request.targets)
  if (moved !== undefined) {
    codes.add(3)
    say(`${moved} moved to another digest while it was checked`)
  }
  const worst = code === 0 ? ([1, 3] as const).find((one) => codes.has(one)) : code
  if (worst === undefined) return writePins(uses, request, { io, say })
  say('nothing was written')
  return worst
}

function whereOf({ reference: { place, usedBy } }: PinTarget): string {
  return `${place.file}:${place.line}: ${usedBy}`
}

function useOf({ key, service, reference: { place, usedBy, span } }: PinTarget, digest: string): PinnedUse {
  return { key, digest, usedBy, place, ...(service !== undefined && { service }), ...(span && { span }) }
}

/** A tag that was asked for twice, for two platforms, and named two digests. */
function movedMeanwhile(uses: readonly PinnedUse[], targets: readonly PinTarget[]): string | undefined {
  const byTag = new Set(targets.flatMap(({ key, asked }) => (asked === undefined ? [key] : [])))
  const digests = new Map<string, string>()
  return uses.find(({ key, digest }) => {
    if (!byTag.has(key)) return false
    const other = digests.get(key) ?? digest
    digests.set(key, digest)
    return other !== digest
  })?.key
}
