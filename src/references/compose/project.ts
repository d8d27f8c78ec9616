import type { SourceFile } from '../reference.ts'
import { Inheritance } from './extends.ts'
import { type Included, includedBy } from './include.ts'
import type { Session } from './session.ts'
import { merge } from './values/merge.ts'
import { emptyMap, type Field, get, type MapValue, type ProjectFile, placeOf } from './values/value.ts'
import { Environment } from './variables/environment.ts'

/** What an included project gives to the project that includes it, of what matters here. */
const SHARED = ['services', 'models']

/** A project and how it came to be read. */
export interface Project {
  /** Each is merged over those before it. */
  readonly files: readonly ProjectFile[]
  /** A file in the project's directory, which its paths are relative to. */
  readonly base: string
  readonly environment: Environment
  /** The names of the files that include it, the outermost first. */
  readonly includedFrom: readonly string[]
}

/**
 * Reads the files of a project with all that they include and extend, and merges them.
 *
 * A service that several files describe gets, of each key, what the last of them says; what an included file says is
 * under what the file that includes it says.
 *
 * @see compose specification, 13-merge.md and 14-include.md; compose-go, loader/loader.go, loadYamlFile
 */
export function readProject(project: Project, session: Session): MapValue | undefined {
  const { files, base, environment } = project
  const inheritance = new Inheritance(session, environment)
  let whole: MapValue | undefined
  for (const file of files) {
    for (const document of session.layersOf(file, environment)) {
      const layer = inheritance.applyTo(withIncluded(document, file, project, session), file, base)
      whole = whole === undefined ? layer : merge(whole, layer)
    }
  }
  return whole
}

function withIncluded(layer: MapValue, file: ProjectFile, project: Project, session: Session): MapValue {
  const chain = [...project.includedFrom, file.name]
  let result = layer
  for (const included of includedBy(layer, project.base, session)) {
    const found = included.files.find(({ name }) => chain.includes(name))
    if (found !== undefined)
      session.report(placeOf(included.at), `include leads back to itself: ${[...chain, found.name].join(', ')}`)
    else if (session.mayInclude(included.at))
      result = over(readIncluded(included, chain, project.environment, session), result)
  }
  return result
}

function readIncluded(included: Included, chain: readonly string[], around: Environment, session: Session): MapValue {
  const { files, base, envFiles } = included
  const environment = new Environment(around.lookup)
  addEnvironmentFiles(environment, envFiles, base, session)
  return readProject({ files, base, environment, includedFrom: chain }, session) ?? emptyMap(files[0])
}

/** @param files the names of those that cannot be read; without any, `.env` in the project's directory, if it is there */
export function addEnvironmentFiles(
  environment: Environment,
  files: readonly (SourceFile | string)[] | undefined,
  base: string,
  session: Session,
): void {
  const dotenv = files === undefined ? session.openIfThere(base, '.env', environment) : undefined
  for (const file of files ?? (dotenv === undefined ? [] : [dotenv])) {
    if (typeof file === 'string') environment.isMissing(file)
    else session.unreadable.push(...environment.add(file))
  }
}

/** Puts what a file says over what it includes. */
function over(included: MapValue, layer: MapValue): MapValue {
  const shared = new Map<string, Field>()
  for (const key of SHARED) {
    const field = included.fields.get(key)
    if (field !== undefined && get(included, key)?.kind === 'map') shared.set(key, field)
  }
  return merge({ ...included, fields: shared }, layer)
}
