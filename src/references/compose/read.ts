import { keyOf } from '../image-parts.ts'
import type { ImageReference, ReadSibling, SourceFile } from '../reference.ts'
import type { Answer, ComposeRead } from './answer.ts'
import { readModels } from './models.ts'
import { nameProject } from './name.ts'
import { enabledProfiles } from './profiles.ts'
import { addEnvironmentFiles, readProject } from './project.ts'
import { readServices } from './services.ts'
import { Session } from './session.ts'
import { ProjectFile } from './values/value.ts'
import { Environment, processVariables } from './variables/environment.ts'
import type { Lookup } from './variables/interpolate.ts'

/** What besides the files decides what a project is. */
export interface ComposeOptions {
  /** Of the process: it wins over all environment files. `COMPOSE_PROFILES` and the like are obeyed. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** As given with `--env-file`, the last wins; without any, `.env` in the project's directory. */
  readonly envFiles?: readonly SourceFile[]
  /** As given with `--profile`; `*` is all. Without any, those of `COMPOSE_PROFILES`. */
  readonly profiles?: readonly string[]
  /** Without this, the directory of the first file. */
  readonly projectDirectory?: string
}

/**
 * Reads the images of one project of docker compose, whose files are merged in the order in which they are given
 * (`-f compose.yaml -f production.yaml`). An override file is not looked for: see `defaultComposeFiles`.
 *
 * What an image is built from (`build.dockerfile`, `additional_contexts`, `cache_from`) is not read: it is not needed to
 * run the image.
 */
export function readCompose(
  files: readonly SourceFile[],
  options: ComposeOptions,
  readSibling: ReadSibling,
): ComposeRead {
  const session = new Session(readSibling)
  const answer: Answer = { images: [], unknown: [], services: [], leftOut: [] }
  const projectFiles = files.map((file) => new ProjectFile(file))
  const base = baseOf(files, options)
  const environment = environmentOf(options, base, session)
  nameProject(projectFiles, base, environment)
  const project = readProject({ files: projectFiles, base, environment, includedFrom: [] }, session)
  if (project !== undefined) {
    const profiles = enabledProfiles(options.profiles ?? [], environment.lookup)
    const choice = { profiles, platform: textFrom(environment.lookup, 'DOCKER_DEFAULT_PLATFORM') }
    readModels(project, readServices(project, choice, answer), answer)
  } else if (session.unreadable.length === 0 && projectFiles[0] !== undefined) {
    session.report(projectFiles[0].placeAt(0), 'it is empty')
  }
  return { ...answer, images: withBuilt(answer), unreadable: session.unreadable }
}

/**
 * Marks images that a service of the project builds. Compose does not mind that it cannot pull them, for other services too.
 *
 * @see docker/compose, pkg/compose/pull.go, isServiceImageToBuild
 */
function withBuilt({ images, services }: Answer): readonly ImageReference[] {
  const built = new Set(services.flatMap(({ image, isBuildable }) => (isBuildable ? [keyOf(image)] : [])))
  const pulled = new Set(services.flatMap(({ name, saysPulled }) => (saysPulled ? [`service ${name}`] : [])))
  return images.map((reference) => {
    const { image, usedBy } = reference
    const isBuilt = built.has(keyOf(image)) && !image.includes('@') && !pulled.has(usedBy.replace(/, .*$/s, ''))
    return isBuilt ? { ...reference, isBuilt } : reference
  })
}

/** A file in the project's directory. Standard input has none: the next file decides. */
function baseOf(files: readonly SourceFile[], { projectDirectory }: ComposeOptions): string {
  if (projectDirectory !== undefined) return `${projectDirectory}/compose.yaml`
  return files.find(({ name }) => name !== '-')?.name ?? '-'
}

function environmentOf(options: ComposeOptions, base: string, session: Session): Environment {
  const before = processVariables(options.environment)
  const environment = new Environment(before)
  const isOff = /^(?:1|t|true)$/i.test(textFrom(before, 'COMPOSE_DISABLE_ENV_FILE') ?? '')
  const { envFiles = [] } = options
  addEnvironmentFiles(environment, envFiles.length > 0 || isOff ? envFiles : undefined, base, session)
  return environment
}

function textFrom(lookup: Lookup, name: string): string | undefined {
  const value = lookup(name)
  return value !== undefined && 'text' in value && value.text !== '' ? value.text : undefined
}
