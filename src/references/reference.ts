/** Where something stands in a file. */
export interface Place {
  /** As the user named the file; `-` is standard input. Without a line: the cluster that was read. */
  readonly file: string
  /** From 1; 0 in a cluster. */
  readonly line: number
  /** From 1, in UTF-16 units; 0 in a cluster. */
  readonly column: number
}

/** An image that something deployed needs. */
export interface ImageReference {
  /** What a runtime would ask for, with all variables replaced: `registry.example.com/app:1.4`. Not yet parsed. */
  readonly image: string
  readonly place: Place
  /** Who needs it, for people: `Deployment shop/web, container app`, `service db`, `stage build`, `job test`. */
  readonly usedBy: string
  /** The platform that the file asks for, such as `linux/arm64`. */
  readonly platform?: string
  /** The platforms of the nodes where it may start, if it has no platform of its own. */
  readonly platformsOfNodes?: readonly string[]
  /** The node on which it runs, if that is not among the documents and nothing else tells its platform. */
  readonly unknownNode?: string
  /** What runs there now, as the cluster reports it (`imageID`), not yet parsed. */
  readonly running?: string
  /** Names of the pull secrets that the workload names, with their namespace: `shop/registry-login`. */
  readonly pullSecrets?: readonly string[]
  /** Compose builds it where it runs, so it may be in no registry. */
  readonly isBuilt?: true
  /** The text in the file that names the image, if it stands there as it is: UTF-16 offsets, without quotation marks. */
  readonly span?: Span
}

/** A part of a text, in UTF-16 units. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** Something names an image, but which one cannot be known from the files. The run is incomplete. */
export interface UnknownReference {
  /** As written in the file. */
  readonly text: string
  readonly place: Place
  readonly usedBy: string
  /** Why, as the end of a sentence: `the variable TAG has no value`. */
  readonly because: string
}

/** A file, or a part of one, that could not be read. The others go on; the run is incomplete. */
export interface UnreadableFile {
  readonly place: Place
  /** Why, as the end of a sentence: `invalid YAML: …`. */
  readonly because: string
}

/** All that was read from one or more files, in the order of the files. */
export interface ReferencesRead {
  readonly images: readonly ImageReference[]
  readonly unknown: readonly UnknownReference[]
  readonly unreadable: readonly UnreadableFile[]
}

/** A file and its text: decoded, without a byte order mark. */
export interface SourceFile {
  readonly name: string
  readonly text: string
}

/** Reads a file that another one names (`.env`, `extends`, `include`), by a path relative to that file. Never throws. */
export type ReadSibling = (from: string, path: string) => SourceFile | CannotRead

/** Why a file cannot be read, as the end of a sentence: `it does not exist`. */
export interface CannotRead {
  readonly isMissing: boolean
  readonly because: string
}
