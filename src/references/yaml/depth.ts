/** How deep a document may be nested. */
export const DEEPEST = 64
