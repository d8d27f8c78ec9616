import type { Use } from '../use.ts'
import type { FindingCause } from './code.ts'
import type { Evidence } from './evidence.ts'

/** What is missing, as the end of a sentence. */
export function absent(cause: FindingCause, evidence: Evidence): string {
  switch (cause) {
    case 'revision-link-missing':
      return evidence.revisionDirectory === 'empty'
        ? 'its revision link is gone but the directory is still there, as after an API DELETE'
        : 'its revision link is gone'
    case 'revision-link-invalid':
      return `its revision link holds ${content(evidence)} instead of a digest`
    case 'manifest-missing':
      return gone(evidence)
    case 'layer-link-missing':
      return evidence.blobStored === true
        ? 'the repository no longer links it, although its bytes are stored'
        : 'the repository does not link it, and its bytes are not stored'
    case 'layer-link-invalid':
      return `its layer link holds ${content(evidence)} instead of a digest`
    case 'blob-missing':
      return evidence.dataIs === undefined ? gone(evidence) : `its file is ${evidence.dataIs}`
    default:
      return 'the registry does not serve it'
  }
}

/** Why the bytes of a link are not there. */
export function gone({ ownPath }: Evidence): string {
  return ownPath === undefined ? 'its bytes are gone' : 'its link names another digest, which is not stored'
}

/** What a link contains in place of a digest. */
export function content({ content: found }: Evidence): string {
  return found === '""' ? 'nothing' : text(found)
}

/** A value of the evidence, for a sentence. */
export function text(value: string | number | undefined): string {
  return value === undefined ? 'something unknown' : String(value)
}

/** A size of the evidence, for a sentence. */
export function bytes(size: number | undefined): string {
  return size === undefined ? 'what its digest promises' : `${size} ${size === 1 ? 'byte' : 'bytes'}`
}

/** Uses that one sentence names. */
const MOST_USES = 3

/** Who needs an image, as a sentence. */
export function neededBy(usedBy: readonly string[]): string {
  return `Needed by ${placesText(usedBy)}.`
}

/** The first few places, and how many more there are. */
export function placesText(usedBy: readonly string[]): string {
  const rest = usedBy.length - MOST_USES
  return `${usedBy.slice(0, MOST_USES).join('; ')}${rest > 0 ? ` and ${rest} more` : ''}`
}

/** `compose.yaml:12: service web`, or `cluster prod: Pod shop/web, container app`. */
export function useText({ file, line, by }: Use): string {
  return `${placeText({ file, line })}: ${by}`
}

/** `compose.yaml:12`, or `cluster prod` if no file names it. */
export function placeText({ file, line }: Pick<Use, 'file' | 'line'>): string {
  return line === 0 ? file : `${file}:${line}`
}
