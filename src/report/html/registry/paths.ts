/** Half of a character, as no URL can have it. */
const LONE = /\p{Surrogate}/gu

interface RegistryName {
  readonly registry: string
  readonly profile: string
}

/** Where the page of a registry is. @param base a prefix as `/regfsck`, or a URL; without a slash at its end */
export function pageIn(base: string, named: RegistryName): string {
  return `${base}/registries/${nameIn(named)}`
}

/** Where the JSON report of a registry is. @param base as above */
export function reportIn(base: string, named: RegistryName): string {
  return `${base}/api/v1/registries/${nameIn(named)}`
}

/** Where a code is explained. @param base as above */
export function codePageIn(base: string, room: 'findings' | 'unchecked', code: string): string {
  return `${base}/${room}/${code}.md`
}

function nameIn({ registry, profile }: RegistryName): string {
  return `${encoded(registry)}${profile === '' ? '' : `?profile=${encoded(profile)}`}`
}

function encoded(text: string): string {
  return encodeURIComponent(text.replace(LONE, '\ufffd'))
}
