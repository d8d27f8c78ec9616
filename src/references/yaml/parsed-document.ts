import type { Node } from './node.ts'

/** A document of a file, or why it cannot be read. */
export type ParsedDocument =
  | { readonly root: Node | undefined }
  | {
      /** Where it is wrong: a UTF-16 offset. */
      readonly at: number
      /** Why, as the end of a sentence: `invalid YAML: …`. */
      readonly because: string
    }
