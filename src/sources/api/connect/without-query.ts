/** A URL that is safe to print. The query of an object store's URL is often a signature that grants access. */
export function withoutQuery({ origin, pathname }: URL): string {
  return `${origin}${pathname}`
}
