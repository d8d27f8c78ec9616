import type { Digest } from '../../oci/digest.ts'
import type { FindingCode } from './code.ts'

/**
 * The facts behind a finding: what was claimed, what was measured, and where. Which fields are set depends on its code
 * and cause. Paths are relative to the directory above `docker/registry/v2`; sizes are bytes. Text may come from the
 * registry: escape it before printing.
 *
 * A type, not an interface, so that it can be listed by key.
 */
export type Evidence = {
  /** The file in question: a link, a blob, an upload. */
  readonly path?: string
  /** The link to `path`, if `path` is the content. */
  readonly link?: string
  /** The URL of the request, over the API. */
  readonly url?: string
  /** HTTP status. */
  readonly status?: number
  /** What the server's answer lacked. */
  readonly answer?: string
  /** What a link contains in place of a digest, quoted; or `a directory`. */
  readonly content?: string
  /** The digest that a link contains in place of its own. */
  readonly linkNames?: string
  /** `a file` in the directory of the tags, where only directories belong. */
  readonly tagIs?: 'a file'
  /** `a directory` in place of a file of content. */
  readonly dataIs?: 'a directory'
  /** Digests that a tag has named, the latest first. */
  readonly history?: readonly Digest[]
  /** The last digest of a tag without a valid link, if its history shows it. */
  readonly lastPushed?: Digest
  /** What a tag names. */
  readonly digest?: string
  /** The path where the bytes of a digest belong, if a link names another digest. */
  readonly ownPath?: string
  /** Whether they are stored there. */
  readonly ownStored?: boolean
  /** The path where the bytes of a blob are or belong, if its link is the problem. */
  readonly blobPath?: string
  readonly blobStored?: boolean
  readonly blobDamaged?: boolean
  /** What is left of a revision whose link is gone: `empty`, as after a DELETE over the API, or `gone`. */
  readonly revisionDirectory?: 'empty' | 'gone'
  /** The path at which the bytes of a manifest that is not served are still stored. */
  readonly survivingManifest?: string
  readonly survivingMediaType?: string
  /** The number of configs and layers that it names, and how many of them are stored. */
  readonly namedBlobs?: number
  readonly presentBlobs?: number
  /** An index names this blob as a child, as the index of a build cache does. */
  readonly namedByIndex?: boolean
  /** Something that cannot be read may need it. */
  readonly ownersUnread?: boolean
  readonly claimedSize?: number
  readonly measuredSize?: number
  readonly measuredDigest?: string
  readonly claimedMediaType?: string
  readonly measuredMediaType?: string
  readonly mediaType?: string
  /** Bytes of a body that arrived before it was cut off. */
  readonly readBytes?: number
  /** Who refuses a manifest, and why. */
  readonly refusedBy?: 'registry' | 'client'
  readonly refusal?: string
  /** Headers of an answer that has the wrong type. */
  readonly method?: 'GET' | 'HEAD'
  readonly contentType?: string
  readonly contentLength?: number
  /** With `--against`: what storage reports, and whether the API still sends the content. */
  readonly onDisk?: MaskedCode
  readonly apiServes?: boolean
  /** With `--against`: what the API alone reports. */
  readonly overApi?: FindingCode
  /** What the user asked `check` for, if the registry does not know it. */
  readonly askedFor?: 'tag' | 'digest'
  readonly repositoryExists?: boolean
  /** What needs an image: `compose.yaml:12: service web`. */
  readonly usedBy?: readonly string[]
  /** The codes of the findings that make an image unusable. */
  readonly because?: readonly FindingCode[]
  /** What makes a container runtime refuse an image, with its place: `registries.conf:7: …`. */
  readonly blockedBy?: string
  /** The platform that is needed, and those that an image has. */
  readonly platform?: string
  readonly has?: readonly string[]
  /** What runs in place of what a tag names. */
  readonly running?: readonly RunningEvidence[]
  /** Bytes that a garbage collection would free. */
  readonly bytes?: number
  /** ISO 8601. */
  readonly startedAt?: string
  /** Garbage collections by engine and flag, such as `2.8 --delete-untagged`: those that a finding is about. */
  readonly collections?: readonly string[]
  /** What an engine ends with. */
  readonly error?: string
  /** What was deleted when it ends: nothing while it marks. */
  readonly deletedBefore?: string
  /** What a garbage collection deletes. */
  readonly object?: 'manifest' | 'config' | 'layer'
}

/** A digest that runs, and where. */
interface RunningEvidence {
  readonly digest: Digest
  readonly usedBy: readonly string[]
}

/** What storage can lack while a cache of the registry still claims to have it. */
export type MaskedCode = 'tag-dangling' | 'index-child-missing' | 'config-missing' | 'layer-missing'

/** The evidence that findings of a code always have. */
interface EvidenceByCode {
  'masked-by-cache': 'onDisk' | 'apiServes'
  'not-served-by-api': 'overApi'
  'blob-unreferenced': 'path' | 'bytes'
  'upload-abandoned': 'path' | 'bytes' | 'startedAt'
  'crash-debris': 'path' | 'bytes'
  'gc-would-abort': 'path' | 'collections' | 'error'
  'gc-would-break': 'path' | 'collections' | 'object'
  'image-unpullable': 'usedBy' | 'because'
  'platform-missing': 'usedBy' | 'platform' | 'has'
  'running-image-gone': 'usedBy' | 'because'
  'image-moved': 'usedBy' | 'digest' | 'running'
  'image-unpinned': 'usedBy'
}

/** The evidence of one code: the fields that it always has, and any others that are known. */
export type EvidenceOf<C extends FindingCode> = C extends keyof EvidenceByCode
  ? Evidence & Required<Pick<Evidence, EvidenceByCode[C]>>
  : Evidence
