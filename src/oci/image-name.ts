import { isDigest } from './digest.ts'

/**
 * The name of an image: `name:tag`, or `name@digest` if the reference is a digest, as after `regfsck check name@sha256:…`. No
 * client accepts `name:sha256:…`.
 */
export function imageName(repository: string, reference: string): string {
  return `${repository}${separatorFor(reference)}${reference}`
}

/** The separator between a repository and a tag or digest. */
export function separatorFor(reference: string): ':' | '@' {
  return isDigest(reference) ? '@' : ':'
}
