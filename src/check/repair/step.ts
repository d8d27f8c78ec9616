import { type Digest, isDigest } from '../../oci/digest.ts'

/** One step that a person does to repair a registry. Data only: `commands.ts` makes the shell line. */
export type RepairStep =
  /** Copy what only a cache still serves to another registry. */
  | { readonly does: 'save'; readonly repository: string; readonly tag: string }
  /** Move a file out of the registry, unless it is right by now. */
  | { readonly does: 'quarantine'; readonly path: string; readonly unless: Proof }
  /** The same for a file that nothing seems to need, once everything that may need it is readable and intact. */
  | {
      readonly does: 'set-aside'
      readonly path: string
      readonly unless: Proof
      readonly repository: string
      readonly needers: readonly Needer[]
    }
  /** A running registry may have cached that it has what was lost. */
  | { readonly does: 'restart' }
  /** Upload bytes that are stored, because the repository lacks their link. */
  | { readonly does: 'upload'; readonly repository: string; readonly digest: Digest; readonly file: string }
  /** Fetch a blob from the other registry if it is not part of an image: no client copies it. */
  | { readonly does: 'fetch'; readonly repository: string; readonly digest: Digest }
  /** Push a manifest whose bytes are stored. The registry writes its revision link again. */
  | {
      readonly does: 'push'
      readonly repository: string
      readonly digest: Digest
      readonly file: string
      readonly mediaType: string
    }
  /** The same under a tag. */
  | {
      readonly does: 'tag'
      readonly repository: string
      readonly tag: string
      readonly digest: Digest
      readonly file: string
      readonly mediaType: string
      /** It works only if other repairs restore what the manifest needs. */
      readonly isAttempt?: true
    }
  | CopyStep
  /** Request what a pull-through cache lacks, so that it fetches it. */
  | {
      readonly does: 'pull'
      readonly repository: string
      readonly kind: 'manifests' | 'blobs'
      /** A tag or a digest. */
      readonly reference: string
    }
  | CheckStep

/** A tag, or the digest of a manifest. */
export type Needer = string

/** Copy an image from the other registry. */
export interface CopyStep {
  readonly does: 'copy'
  readonly repository: string
  /** Missing: copied by digest only. */
  readonly tag?: string
  /** The digest of the tag. Missing: unknown, so the tag is copied as it is in the source. */
  readonly digest?: Digest
  /** No tag needs it: it is copied only if another registry has it. */
  readonly isOptional?: true
}

/** Prove that an image is intact. */
export interface CheckStep {
  readonly does: 'check'
  readonly repository: string
  readonly tag: string
}

/** The condition under which a file may stay where it is. */
export type Proof =
  /** Its bytes hash to this. */
  | { readonly is: 'bytes'; readonly digest: Digest }
  /** It is a link that holds this digest and nothing else. */
  | { readonly is: 'link'; readonly digest: Digest }
  /** It is a link named by a digest of another algorithm. It leads to a file below this directory with this hash. */
  | { readonly is: 'alias'; readonly digest: Digest; readonly blobs: string }
  /** This other file exists, so the link has a target. */
  | { readonly is: 'target'; readonly path: string }
  /** It is a file, as a link is. */
  | { readonly is: 'file' }
  /** It is a directory, as a tag is. */
  | { readonly is: 'directory' }

/** What can be restored, from storage alone, of a manifest that is not served. */
export interface Salvage {
  readonly digest: Digest
  /** The path of its bytes. */
  readonly file: string
  readonly mediaType: string
  /** Nothing has to be copied from another registry. */
  readonly isWhole: boolean
  /** Configs and layers that it names, itself or through an index. */
  readonly named: number
  /** How many of these are linked and stored. */
  readonly present: number
  /** Files to move away, however it is repaired. */
  readonly quarantines: readonly RepairStep[]
  /** Uploads, then manifests from the leaves up. They are enough only if `isWhole`. */
  readonly steps: readonly RepairStep[]
}

/** The order in which steps work: wrong files are moved away and the registry forgets them before anything is pushed. */
const ORDER: Readonly<Record<RepairStep['does'], number>> = {
  save: 0,
  quarantine: 1,
  restart: 2,
  upload: 3,
  fetch: 4,
  push: 5,
  tag: 6,
  copy: 7,
  pull: 8,
  'set-aside': 9,
  check: 10,
}

/** Sorts steps; steps of one kind keep their order. Duplicates are dropped. */
export function inOrder(steps: readonly RepairStep[]): readonly RepairStep[] {
  const distinct = [...new Map(steps.map((step) => [keyOf(step), step])).values()]
  return distinct.sort((a, b) => ORDER[a.does] - ORDER[b.does])
}

/** A key that is equal for two steps that do the same. */
export function keyOf(step: RepairStep): string {
  switch (step.does) {
    case 'quarantine':
    case 'set-aside':
      return keyFor(step, step.path)
    case 'restart':
      return step.does
    case 'copy':
      return keyFor(step, step.repository, step.tag ?? step.digest)
    case 'save':
    case 'check':
    case 'tag':
      return keyFor(step, step.repository, step.tag)
    case 'upload':
    case 'fetch':
    case 'push':
      return keyFor(step, step.repository, step.digest)
    case 'pull':
      return keyFor(step, step.repository, step.reference)
  }
}

/** Separated by NUL, which no path or name contains. Not JSON, which is slow: this runs several times for each finding. */
function keyFor({ does }: RepairStep, ...parts: readonly (string | undefined)[]): string {
  return `${does}\0${parts.join('\0')}`
}

/** Whether a step gives the registry content that it lacked. Such steps work only after it has dropped its cache. */
export function restores({ does }: RepairStep): boolean {
  return ORDER[does] > ORDER.restart && ORDER[does] <= ORDER.pull
}

/** The condition under which a link may stay: it contains the digest that its directories are named after. */
export function proofOfLink(path: string, digest: Digest): Proof {
  const [, base = '', algorithm, hex] = /^(.*)\/repositories\/.*\/([a-z0-9]+)\/([0-9a-f]+)\/link$/.exec(path) ?? []
  const own = `${algorithm ?? ''}:${hex ?? ''}`
  if (!isDigest(own)) return { is: 'link', digest }
  return algorithm === 'sha256' ? { is: 'link', digest: own } : { is: 'alias', digest: own, blobs: `${base}/blobs` }
}
