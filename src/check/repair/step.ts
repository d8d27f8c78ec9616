import { type Digest, isDigest } from '../../oci/digest.ts'

/** One thing that a person does to repair a registry. Data only: `commands.ts` writes it for a shell. */
export type RepairStep =
  /** Copy away what only a cache still serves. */
  | { readonly does: 'rescue'; readonly repository: string; readonly tag: string }
  /** Move what is in the way out of the registry, unless it is right by now. */
  | { readonly does: 'quarantine'; readonly path: string; readonly unless: Proof }
  /** The same for what nothing seems to need, once everything is whole that could not be read and may need it. */
  | {
      readonly does: 'set-aside'
      readonly path: string
      readonly unless: Proof
      readonly repository: string
      readonly needers: readonly Needer[]
    }
  /** A registry that runs may believe that it has what was lost. */
  | { readonly does: 'restart' }
  /** Upload bytes that are stored without the link that the repository needs. */
  | { readonly does: 'upload'; readonly repository: string; readonly digest: Digest; readonly file: string }
  /** Fetch a blob from the other registry, for what is not an image: no client copies that. */
  | { readonly does: 'fetch'; readonly repository: string; readonly digest: Digest }
  /** Put a manifest whose bytes are stored, which writes its revision link again. */
  | {
      readonly does: 'put'
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
      /** It works only when other repairs bring what the manifest needs. */
      readonly isAttempt?: true
    }
  | CopyStep
  /** Ask a pull-through cache for what it lacks, so that it fetches it. */
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
  /** Left out: under its digest alone. */
  readonly tag?: string
  /** What the tag named. Left out: nobody knows, so it is what the tag names over there. */
  readonly digest?: Digest
  /** No tag needs it: it is copied where there is another registry that has it. */
  readonly isOptional?: true
}

/** Prove that an image is whole. */
export interface CheckStep {
  readonly does: 'check'
  readonly repository: string
  readonly tag: string
}

/** When a file may stay where it is. */
export type Proof =
  /** Its bytes hash to this. */
  | { readonly is: 'bytes'; readonly digest: Digest }
  /** It is a link that holds this digest and nothing else. */
  | { readonly is: 'link'; readonly digest: Digest }
  /** It is a link by a name of another algorithm, and leads to a file below this directory whose bytes hash to this. */
  | { readonly is: 'alias'; readonly digest: Digest; readonly blobs: string }
  /** This other file is there, so that the link leads somewhere. */
  | { readonly is: 'target'; readonly path: string }
  /** It is a file, as a link is. */
  | { readonly is: 'file' }
  /** It is a directory, as a tag is. */
  | { readonly is: 'directory' }

/** What of a manifest that is not served can be had back from what is still stored. */
export interface Salvage {
  readonly digest: Digest
  /** Where its bytes are. */
  readonly file: string
  readonly mediaType: string
  /** Nothing has to come from elsewhere. */
  readonly isWhole: boolean
  /** Configs and layers that it names, itself or through an index. */
  readonly named: number
  /** Of these, those that are linked and stored. */
  readonly present: number
  /** What is in the way, whichever way it is repaired. */
  readonly quarantines: readonly RepairStep[]
  /** Uploads, and manifests from the leaves up; enough only where it `isWhole`. */
  readonly steps: readonly RepairStep[]
}

/** The order in which steps work: what is wrong has to be away, and forgotten, before anything is brought. */
const ORDER: Readonly<Record<RepairStep['does'], number>> = {
  rescue: 0,
  quarantine: 1,
  restart: 2,
  upload: 3,
  fetch: 4,
  put: 5,
  tag: 6,
  copy: 7,
  pull: 8,
  'set-aside': 9,
  check: 10,
}

/** In the order in which they work; steps of one kind keep theirs. Equal ones are done once. */
export function inOrder(steps: readonly RepairStep[]): readonly RepairStep[] {
  const distinct = [...new Map(steps.map((step) => [keyOf(step), step])).values()]
  return distinct.sort((a, b) => ORDER[a.does] - ORDER[b.does])
}

/** The same for two steps that do the same thing. */
export function keyOf(step: RepairStep): string {
  switch (step.does) {
    case 'quarantine':
    case 'set-aside':
      return keyFor(step, step.path)
    case 'restart':
      return step.does
    case 'copy':
      return keyFor(step, step.repository, step.tag ?? step.digest)
    case 'rescue':
    case 'check':
    case 'tag':
      return keyFor(step, step.repository, step.tag)
    case 'upload':
    case 'fetch':
    case 'put':
      return keyFor(step, step.repository, step.digest)
    case 'pull':
      return keyFor(step, step.repository, step.reference)
  }
}

/** No path holds a NUL, and no name. It is asked for a few times for each finding: JSON would take its time. */
function keyFor({ does }: RepairStep, ...parts: readonly (string | undefined)[]): string {
  return `${does}\0${parts.join('\0')}`
}

/** Steps after which the registry has what it lacked: they need it to have forgotten what it believed. */
export function brings({ does }: RepairStep): boolean {
  return ORDER[does] > ORDER.restart && ORDER[does] <= ORDER.pull
}

/** When the link at a path may stay: it holds the digest that its directories are named by, as far as links do. */
export function proofOfLink(path: string, digest: Digest): Proof {
  const [, base = '', algorithm, hex] = /^(.*)\/repositories\/.*\/([a-z0-9]+)\/([0-9a-f]+)\/link$/.exec(path) ?? []
  const own = `${algorithm ?? ''}:${hex ?? ''}`
  if (!isDigest(own)) return { is: 'link', digest }
  return algorithm === 'sha256' ? { is: 'link', digest: own } : { is: 'alias', digest: own, blobs: `${base}/blobs` }
}
