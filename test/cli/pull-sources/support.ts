import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { PullRoute, RouteOf } from '../../../src/cli/pull-sources/pull-source.ts'
import { parseReference } from '../../../src/oci/reference.ts'
import { scratch } from '../../support/scratch.ts'

/** A directory with these files. */
export function directoryOf(files: Readonly<Record<string, string>>): string {
  const root = scratch()
  for (const [name, text] of Object.entries(files)) {
    const path = join(root, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  return root
}

/** The route of an image, and the problems, without the path of the directory. */
export interface Found {
  readonly route: PullRoute | undefined
  readonly problems: readonly string[]
}

export function find(image: string, root: string, open: (problems: string[]) => RouteOf): Found {
  const problems: string[] = []
  const route = open(problems)(parseReference(image))
  return { route, problems: problems.map((problem) => problem.replaceAll(`${root}/`, '').replaceAll(root, '.')) }
}

/** What is asked, in order: the beginning of the URLs. `undefined`: the registry, as always. */
export function asked(route: PullRoute | undefined): readonly string[] | undefined {
  if (route?.is !== 'sources') return undefined
  return route.sources.map(
    ({ url, isWholePath, repository, namespace }) =>
      `${url}/${isWholePath === true ? '' : 'v2/'}${repository}${namespace === undefined ? '' : `?ns=${namespace}`}`,
  )
}
