import type { Digest } from '../../oci/digest.ts'

/** What is to be compared with the image that a tag names now. */
export interface RunningImages {
  readonly images: readonly RunningImage[]
  /** How a tag that has moved is reported; `ok`: not at all. */
  readonly moved: 'ok' | 'warning' | 'error'
}

/** An image that runs, as a cluster names it. */
export type RunningImage = {
  /** Where it runs, for people: `pods.json:12: Pod shop/web, container app`. */
  readonly usedBy: readonly string[]
} & (
  | {
      /** The digest of a manifest or an index, as a registry served it. */
      readonly is: 'manifest'
      readonly digest: Digest
      /** The image that the cluster took it from, if that is not the one that the file names. */
      readonly otherName?: string
    }
  /** The digest of a config. */
  | { readonly is: 'config'; readonly digest: Digest }
  /** A name that perhaps only one machine knows. That it differs from all others proves nothing. */
  | { readonly is: 'local'; readonly digest: Digest | undefined; readonly text: string }
)
