import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** What the operator wrote about credentials cannot be used. Says where it stands, and nothing of what it is. */
export class CredentialError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'CredentialError'
  }
}

export type Environment = Readonly<Record<string, string | undefined>>
export type Fields = Readonly<Record<string, unknown>>

/** A docker config, and the file that it stands in. */
export interface DockerConfig {
  readonly file: string
  readonly config: Fields
}

/**
 * The configs that there are, the first to ask first, each read when it is its turn. A file or directory that the
 * environment names stands alone; without one, docker's own file comes before podman's.
 *
 * @throws {CredentialError} where one cannot be read
 * @see containers-auth.json(5) for podman's two places
 */
export function* dockerConfigs(env: Environment): Generator<DockerConfig> {
  const { REGISTRY_AUTH_FILE: named, DOCKER_CONFIG: directory } = env
  if (named) {
    // As skopeo does: who names a file wants it read.
    const config = readConfig(named)
    if (config === undefined) throw new CredentialError(`REGISTRY_AUTH_FILE names ${named}, which does not exist`)
    yield { file: named, config }
    return
  }
  const files = directory ? ['config.json', '.dockerconfigjson'].map((name) => join(directory, name)) : ownFiles(env)
  for (const file of files) {
    const config = readConfig(file)
    if (config !== undefined) yield { file, config }
  }
}

function ownFiles(env: Environment): string[] {
  const home = env['HOME'] || homedir()
  const { XDG_RUNTIME_DIR: runtime, XDG_CONFIG_HOME: settings } = env
  return [
    join(home, '.docker', 'config.json'),
    ...(runtime ? [join(runtime, 'containers', 'auth.json')] : []),
    join(settings || join(home, '.config'), 'containers', 'auth.json'),
  ]
}

function readConfig(file: string): Fields | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return undefined
    throw new CredentialError(`cannot read ${file}: ${error instanceof Error ? error.message : ''}`)
  }
  // An empty file is how to say "none", as with /dev/null.
  const config = text.trim() === '' ? {} : fieldsIn(text)
  if (config === undefined) throw new CredentialError(`${file} is not a docker config: expected a JSON object`)
  return config
}

/** The JSON object in a text. The parser's own complaint would quote the text, and is dropped. */
export function fieldsIn(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isFields(value) ? value : undefined
  } catch {
    return undefined
  }
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A field that holds text, and not the empty one. */
export function textIn(fields: Fields, name: string): string | undefined {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined
  return typeof value === 'string' && value !== '' ? value : undefined
}
