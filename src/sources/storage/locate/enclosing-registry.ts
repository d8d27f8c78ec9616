import { statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { isRepositoryName } from '../../../oci/names.ts'
import { join, type Layout, V2 } from './registry-at.ts'

/** The registry that a directory is a part of. */
export interface EnclosingRegistry {
  readonly root: string
  /** The repository that the directory belongs to, if any. */
  readonly repository: string | undefined
}

/**
 * Finds the registry that a directory is part of: `docker` and `docker/registry` above `v2`, and everything below
 * its `repositories` and `blobs`. Parents that cannot be read are ignored: only the error message is less precise then.
 *
 * @param layouts where `v2` may be below the root; empty: the root is `v2` itself
 */
export function enclosingRegistry(path: string, layouts: readonly (Layout | '')[]): EnclosingRegistry | undefined {
  const here = resolve(path)
  let found: EnclosingRegistry | undefined
  // The outermost one counts: a repository may be called `docker/registry/v2`.
  for (let above = dirname(here); ; above = dirname(above)) {
    for (const layout of layouts) {
      const v2 = layout === '' ? above : join(above, layout)
      if (isPartOf(here, v2) && isRegistry(v2)) {
        found = { root: above, repository: repositoryIn(here, v2) }
        break
      }
    }
    if (above === dirname(above)) return found
  }
}

function isPartOf(path: string, v2: string): boolean {
  const isOnTheWay = v2.startsWith(`${path}/`)
  return isOnTheWay || ['repositories', 'blobs'].some((part) => `${path}/`.startsWith(`${v2}/${part}/`))
}

function isRegistry(v2: string): boolean {
  if (v2.endsWith(`/${V2}`)) return isThere(v2)
  return isThere(join(v2, 'repositories')) && isThere(join(v2, 'blobs'))
}

function repositoryIn(path: string, v2: string): string | undefined {
  if (!path.startsWith(`${v2}/repositories/`)) return undefined
  const parts = path.slice(`${v2}/repositories/`.length).split('/')
  const end = parts.findIndex((part) => part.startsWith('_'))
  const name = (end < 0 ? parts : parts.slice(0, end)).join('/')
  const isOne = ['_manifests', '_layers'].some((mark) => isThere(`${v2}/repositories/${name}/${mark}`))
  return isOne && isRepositoryName(name) ? name : undefined
}

function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
  } catch {
    return false
  }
}
