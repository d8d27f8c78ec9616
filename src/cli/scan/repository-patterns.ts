import picomatch from 'picomatch'
import type { Pattern } from '../../check/scan/selection.ts'
import { isRepositoryName } from '../../oci/names.ts'

/** Longer than any repository name, and below the length at which the matcher throws. */
export const LONGEST_GLOB = 4096

/** @param globs one longer than {@link LONGEST_GLOB} matches nothing */
export function matcher(globs: readonly string[]): (text: string) => boolean {
  const usable = globs.filter((glob) => glob.length <= LONGEST_GLOB)
  return usable.length === 0 ? () => false : picomatch(usable)
}

/** The patterns of an option, without duplicates. A repository name matches only itself; anything else is a glob. */
export function patternsOf(option: string, texts: readonly string[]): Pattern[] {
  return [...new Set(texts)].map((text) => ({
    option,
    text,
    matches: isRepositoryName(text) ? (name: string) => name === text : matcher([text]),
  }))
}

/**
 * Why a text is neither a repository name nor a glob that can match one.
 *
 * @returns `undefined` if it may match; otherwise the end of a sentence that says what to write. It never repeats
 * a URL, which may hold a password.
 */
export function whyNoPattern(text: string): string | undefined {
  if (isRepositoryName(text)) return undefined
  const isGlob = GLOB.test(text)
  if (isGlob && canMatch(text)) return undefined
  const meant = meantBy(text)
  const instead = meant === undefined ? '' : `: write ${meant}`
  if (text.includes('://')) return `expected the name of a repository, not a URL${instead}`
  if (/:\/|@/.test(text.replaceAll('@(', ''))) return `${JSON.stringify(text)} names an image${instead}`
  if (/:[^/]*$/.test(text))
    return `${JSON.stringify(text)} names a tag${instead} (to check one image, use regfsck check)`
  const what = isGlob ? 'cannot match any repository' : 'is not a repository name'
  return `${JSON.stringify(text)} ${what} (lower case, digits and . _ - between slashes)${instead}`
}

const GLOB = /[*?[{(\\]|^!/

/** Whether the literal parts of a glob may occur in a name. */
function canMatch(glob: string): boolean {
  const bare = glob.replace(/^!/, '')
  if (/^\/|\/$|\/\//.test(bare)) return false
  const literal = bare
    .replace(/\\./g, '')
    .replace(/\[[^\]]*\]/g, '')
    .replace(/[!@+?*]\(/g, '(')
    .replace(/[*?(){}|+[\]^$]/g, '')
  return /^[a-z0-9._\-/,]*$/.test(literal)
}

function meantBy(text: string): string | undefined {
  const path = text
    .replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*\/?(?:v2\/)?/i, '')
    .replace(/^[^/]*:\d+\//, '')
    .replace(/@.*$/, '')
    .replace(/:[^/]*$/, '')
    .replace(/\/+/g, '/')
    .replace(/^\/|\/$/g, '')
    .toLowerCase()
  const isPattern = isRepositoryName(path) || (GLOB.test(path) && canMatch(path))
  return isPattern && path !== text ? path : undefined
}
