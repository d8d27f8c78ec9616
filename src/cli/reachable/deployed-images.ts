import type { DeployedImage } from '../../check/reach/reach-records.ts'
import { InputError } from '../../oci/input-error.ts'
import { parseReference } from '../../oci/reference.ts'
import type { ImageNeed } from '../../references/needs.ts'

/** Deployed images, by repository. */
export type DeployedByRepository = ReadonlyMap<string, readonly DeployedImage[]>

/**
 * Sorts deployed images by the repository of one registry that they may be in.
 *
 * @param url of the registry; `undefined` if it is not known: then an image counts for each repository of its name, whatever
 * host it names
 */
export function deployedIn(needs: readonly ImageNeed[], url: string | undefined): DeployedByRepository {
  const found = new Map<string, DeployedImage[]>()
  const add = (repository: string, image: DeployedImage): void => {
    const known = found.get(repository)
    if (known) known.push(image)
    else found.set(repository, [image])
  }
  const { host, prefix } = placeOf(url)
  for (const { reference, text, uses, running } of needs) {
    const named = running.flatMap(({ is, digest }) => (digest === undefined ? [] : { is, digest }))
    const isOfHost = hostOf(reference.origin) === host
    const image = { image: text, wanted: reference.wanted, running: named, uses, isCertain: isOfHost }
    for (const name of namesOf(reference.repository, isOfHost ? prefix : '')) add(name, image)
    for (const each of running) {
      const other = each.is === 'manifest' ? repositoryOf(each.otherName) : undefined
      if (each.is === 'manifest' && other !== undefined && other !== reference.repository)
        add(other, { image: text, wanted: each.digest, running: [], uses, isCertain: false })
    }
  }
  return found
}

function placeOf(url: string | undefined): { readonly host: string | undefined; readonly prefix: string } {
  if (url === undefined) return { host: undefined, prefix: '' }
  return { host: hostOf(url), prefix: new URL(url).pathname.replace(/^\/|\/$/g, '') }
}

function hostOf(url: string): string {
  return new URL(url).host
}

/** A registry below a path of its host has names without that path. */
function namesOf(repository: string, prefix: string): readonly string[] {
  const isBelow = prefix !== '' && repository.startsWith(`${prefix}/`)
  return isBelow ? [repository, repository.slice(prefix.length + 1)] : [repository]
}

function repositoryOf(name: string | undefined): string | undefined {
  try {
    return name === undefined ? undefined : parseReference(name).repository
  } catch (error) {
    if (error instanceof InputError) return undefined
    throw error
  }
}
