import { child, textOf } from '../yaml/node.ts'
import { baseName, directoryOf, join } from './paths.ts'
import type { ProjectFile } from './values/value.ts'
import type { Environment } from './variables/environment.ts'
import { interpolate } from './variables/interpolate.ts'

/**
 * Gives the variable `COMPOSE_PROJECT_NAME` its value, as compose does before it reads a file: what the environment
 * says, else the last `name:` of the files, else the name of the project's directory.
 *
 * @see compose specification, 04-version-and-name.md; compose-go, loader/loader.go, projectName
 */
export function nameProject(files: readonly ProjectFile[], base: string, environment: Environment): void {
  const name = nameIn(files, environment) ?? normalized(directoryName(base, environment) ?? '')
  if (name !== '') environment.setDefault('COMPOSE_PROJECT_NAME', name)
}

function nameIn(files: readonly ProjectFile[], { lookup }: Environment): string | undefined {
  const names = files.flatMap(({ documents }) =>
    documents.flatMap((document) => ('root' in document ? (textOf(child(document.root, 'name')) ?? []) : [])),
  )
  const last = names.findLast((name) => name !== '')
  const name = last === undefined ? undefined : interpolate(last, lookup)
  return name !== undefined && 'text' in name ? normalized(name.text) || undefined : undefined
}

function directoryName(base: string, { lookup }: Environment): string | undefined {
  const current = lookup('PWD')
  const directory = directoryOf(base)
  return baseName(current !== undefined && 'text' in current ? join(current.text, directory) : directory)
}

function normalized(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '')
}
