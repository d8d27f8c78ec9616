/** A lone surrogate: encodeURIComponent throws on it. */
const LONE = /\p{Surrogate}/gu

interface RegistryName {
  readonly registry: string
  readonly profile: string
}

/** The address of a registry's page. @param base a prefix such as `/regfsck`, or a URL; without a trailing slash */
export function pageIn(base: string, named: RegistryName): string {
  return `${base}/registries/${nameIn(named)}`
}

/** The address of a registry's JSON report. @param base as above */
export function reportIn(base: string, named: RegistryName): string {
  return `${base}/api/v1/registries/${nameIn(named)}`
}

/** The address of the page about a code. @param base as above */
export function codePageIn(base: string, room: 'findings' | 'unchecked', code: string): string {
  return `${base}/${room}/${code}.md`
}

function nameIn({ registry, profile }: RegistryName): string {
  return `${encoded(registry)}${profile === '' ? '' : `?profile=${encoded(profile)}`}`
}

function encoded(text: string): string {
  return encodeURIComponent(text.replace(LONE, '\ufffd'))
}
