import { isDigest } from './digest.ts'

/**
 * How people write an image: `name:tag`, or `name@digest` where a digest stands in place of a tag, as it does after
 * `regfsck check name@sha256:…`. No client takes `name:sha256:…`.
 */
export function imageName(repository: string, reference: string): string {
  return `${repository}${separatorFor(reference)}${reference}`
}

/** What stands between the name of a repository and a tag or digest in it. */
export function separatorFor(reference: string): ':' | '@' {
  return isDigest(reference) ? '@' : ':'
}
