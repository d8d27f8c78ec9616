import { redact } from '../../oci/redact.ts'
import { pinnedText } from '../../references/pin/pinned-use.ts'
import { harmless } from '../../report/escape.ts'
import type { ExitCode } from '../process/exit-code.ts'
import type { Io } from '../process/io.ts'
import type { Job } from '../run/job.ts'
import type { PinRequest } from './pin-request.ts'
import type { PinTarget } from './pin-targets.ts'
import type { Proved } from './prove.ts'
import { type TagImage, type TagNow, tagNow } from './tags-now.ts'

/** Reports whether the pins hold, and which tags have moved on. Stdout has the pins that hold. */
export async function checkPins(
  { code, resultOf }: Proved,
  { targets, rules, quiet }: PinRequest,
  how: {
    readonly io: Io
    readonly say: (sentence: string) => void
    readonly tags: readonly TagImage[]
    readonly tagJobs: readonly Job[]
  },
): Promise<ExitCode> {
  const { io, say, tags, tagJobs } = how
  if (code !== 0 && code !== 1 && code !== 3) return code
  const now = await Promise.all(tagJobs.map((job) => tagNow(job, rules, io.signal)))
  if (io.signal.aborted) return io.signal.reason === 'SIGTERM' ? 143 : 130
  const tagOf = new Map(tags.map(({ key }, n) => [key, now[n] ?? { is: 'unknown' as const }]))
  const holding = new Set<string>()
  const codes: ExitCode[] = [code]
  for (const target of targets) {
    const { pinned, key } = target
    const { file, line } = target.reference.place
    const where = `${file}:${line}: ${target.reference.usedBy}`
    if (pinned === undefined) {
      codes.push(1)
      say(`${where}: ${redact(key)} is not pinned`)
      continue
    }
    const result = resultOf(target)
    if (result.is === 'whole') holding.add(pinnedText({ key, digest: pinned }))
    else {
      codes.push(result.is === 'unknown' ? 3 : 1)
      say(
        `${where}: ${pinnedText({ key, digest: pinned })} ${result.is === 'unknown' ? 'could not be checked' : 'does not hold'}`,
      )
    }
    const tag = tagOf.get(key)
    const sentence = tag && movedText(target, pinned, tag)
    if (tag?.is === 'unknown') codes.push(3)
    if (sentence !== undefined && !(quiet && tag?.is !== 'unknown')) say(`${where}: ${sentence}`)
  }
  for (const pin of holding) io.stdout.write(`${harmless(pin)}\n`)
  return codes.includes(1) ? 1 : codes.includes(3) ? 3 : 0
}

function movedText({ key }: PinTarget, pinned: string, tag: TagNow): string | undefined {
  switch (tag.is) {
    case 'gone':
      return `the registry no longer has ${key}; it is pinned to ${pinned}`
    case 'unknown':
      return `it is not known what ${key} is now`
    case 'digest':
      return tag.digest === pinned ? undefined : `${key} has moved on to ${tag.digest}; it is pinned to ${pinned}`
  }
}
