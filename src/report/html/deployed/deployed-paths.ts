/** The address of the page of a set of references. @param base a prefix such as `/regfsck`, or a URL */
export function deployedIn(base: string, name: string): string {
  return `${base}/deployed/${encoded(name)}`
}

/** The address of its JSON. @param base as above */
export function deployedJsonIn(base: string, name: string): string {
  return `${base}/api/v1/deployed/${encoded(name)}`
}

/** `encodeURIComponent` throws on a lone surrogate. */
function encoded(name: string): string {
  return encodeURIComponent(name.replace(/\p{Surrogate}/gu, '\ufffd'))
}
