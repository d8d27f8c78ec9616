import type { ImageReference, Place, ReferencesRead, Span, UnknownReference } from '../reference.ts'

/** What was read from the compose files of a project. */
export interface ComposeRead extends ReferencesRead {
  /** Each service whose image compose pulls, and the text that decides which. */
  readonly services: readonly ComposeService[]
  /** What the files describe, and compose does not pull. */
  readonly leftOut: readonly NotPulled[]
}

/** A service whose image compose pulls. */
export interface ComposeService {
  readonly name: string
  /** With all variables replaced. */
  readonly image: string
  /** As the file has it. */
  readonly written: string
  /** Where the value that decided stands: perhaps in a file that was included or extended. */
  readonly place: Place
  /** The value in that file, without quotation marks; without this, it cannot be replaced in place. */
  readonly span?: Span
  /** Whether the value has variables, so that replacing it would lose them. */
  readonly hasVariables: boolean
  /** Whether compose builds the image where it cannot pull it, so that it may be in no registry yet. */
  readonly isBuildable: boolean
  /** Whether it says itself that its image is pulled (`pull_policy`). */
  readonly saysPulled: boolean
}

/** Something that compose does not pull. */
export interface NotPulled {
  /** For people, like that of references: `service db`. */
  readonly usedBy: string
  readonly place: Place
  /** Why, as the end of a sentence: `none of its profiles (debug) is enabled`. */
  readonly because: string
  /** The profiles that would enable it. */
  readonly profiles?: readonly string[]
}

/** What has been read so far. */
export interface Answer {
  readonly images: ImageReference[]
  readonly unknown: UnknownReference[]
  readonly services: ComposeService[]
  readonly leftOut: NotPulled[]
}
