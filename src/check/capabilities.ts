import type { TargetKind } from './target-kind.ts'

/** What a scan of a kind of target can see, and what a person can do there. */
export interface Capabilities {
  /** It sees what clients are answered. */
  readonly seesAnswers: boolean
  /** It sees the links of a registry's storage, and everything that is stored, needed or not. */
  readonly seesStorage: boolean
  /** What is stored are files, which a person can move and copy with commands. */
  readonly hasFiles: boolean
  /** A scan uses all processors, so scans run one after the other. */
  readonly usesAllProcessors: boolean
  /** Depth `content` hashes a blob where it is first named, and not after all repositories have been walked. */
  readonly hashesAtOnce: boolean
}

/** Of each kind of target. What depends on the kind asks here, so a new kind is one more entry. */
export const CAPABILITIES: Readonly<Record<TargetKind, Capabilities>> = {
  distribution: {
    seesAnswers: false,
    seesStorage: true,
    hasFiles: true,
    usesAllProcessors: true,
    hashesAtOnce: false,
  },
  api: {
    seesAnswers: true,
    seesStorage: false,
    hasFiles: false,
    usesAllProcessors: false,
    hashesAtOnce: true,
  },
  references: {
    seesAnswers: false,
    seesStorage: false,
    hasFiles: false,
    usesAllProcessors: false,
    hashesAtOnce: true,
  },
}
