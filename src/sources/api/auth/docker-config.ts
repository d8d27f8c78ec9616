import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Environment } from '../environment.ts'

/** A configured credential cannot be used. The message names its place, and never quotes it. */
export class CredentialError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'CredentialError'
  }
}

/** A JSON object. */
export type JsonFields = Readonly<Record<string, unknown>>

/** The content of a docker config file. */
export interface DockerConfig {
  readonly file: string
  readonly config: JsonFields
}

/**
 * The existing docker configs in order of precedence, each read only when it is needed. If the environment names a file or
 * directory, only that is read; otherwise docker's own file comes before podman's.
 *
 * @throws {CredentialError} if one cannot be read
 * @see containers-auth.json(5) for podman's two places
 */
export function* dockerConfigs(env: Environment): Generator<DockerConfig> {
  const { REGISTRY_AUTH_FILE: named, DOCKER_CONFIG: directory } = env
  if (named) {
    // An error, as with skopeo: the file was named explicitly.
    const config = readConfig(named)
    if (config === undefined) throw new CredentialError(`REGISTRY_AUTH_FILE names ${named}, which does not exist`)
    yield { file: named, config }
    return
  }
  const files = directory
    ? ['config.json', '.dockerconfigjson'].map((name) => join(directory, name))
    : defaultFiles(env)
  for (const file of files) {
    const config = readConfig(file)
    if (config !== undefined) yield { file, config }
  }
}

function defaultFiles(env: Environment): string[] {
  const home = env['HOME'] || homedir()
  const { XDG_RUNTIME_DIR: runtime, XDG_CONFIG_HOME: settings } = env
  return [
    join(home, '.docker', 'config.json'),
    ...(runtime ? [join(runtime, 'containers', 'auth.json')] : []),
    join(settings || join(home, '.config'), 'containers', 'auth.json'),
  ]
}

function readConfig(file: string): JsonFields | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return undefined
    throw new CredentialError(`cannot read ${file}: ${error instanceof Error ? error.message : ''}`)
  }
  // /dev/null and empty files mean no credentials.
  const config = text.trim() === '' ? {} : fieldsIn(text)
  if (config === undefined) throw new CredentialError(`${file} is not a docker config: expected a JSON object`)
  return config
}

/** The JSON object in a text; `undefined` if there is none. The parser's error is dropped, because it quotes the text. */
export function fieldsIn(text: string): JsonFields | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isJsonFields(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Whether a value is a JSON object. */
export function isJsonFields(value: unknown): value is JsonFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The text in a field; `undefined` if it is empty or not text. */
export function textIn(fields: JsonFields, name: string): string | undefined {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined
  return typeof value === 'string' && value !== '' ? value : undefined
}
