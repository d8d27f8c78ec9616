/** What a reference names. */
export interface ReferenceParts {
  /** Without tag and digest. */
  readonly name: string
  /** `latest` if it names neither a tag nor a digest. */
  readonly tag?: string
  readonly digest?: string
}

/** Takes apart a reference whose grammar was checked. */
export function partsOf(image: string): ReferenceParts {
  const at = image.indexOf('@')
  const named = at < 0 ? image : image.slice(0, at)
  const colon = named.lastIndexOf(':')
  const hasTag = colon > named.lastIndexOf('/')
  const name = hasTag ? named.slice(0, colon) : named
  if (at < 0) return { name, tag: hasTag ? named.slice(colon + 1) : 'latest' }
  return { name, ...(hasTag && { tag: named.slice(colon + 1) }), digest: image.slice(at + 1) }
}

/** What a reference names, without its digest. */
export function keyOf(image: string): string {
  const { name, tag } = partsOf(image)
  return tag === undefined ? name : `${name}:${tag}`
}
