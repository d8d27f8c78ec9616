import { parseReference } from '../oci/reference.ts'
import type { SourceFile } from './reference.ts'

/** Kinds of files that name images, in the words of `--from-type`. */
export const REFERENCE_KINDS = ['compose', 'kubernetes', 'dockerfile', 'gitlab-ci', 'list'] as const
/** One of {@link REFERENCE_KINDS}. */
export type ReferenceKind = (typeof REFERENCE_KINDS)[number]

const DOCKERFILE = /^(?:(?:docker|container)file(?:\..+)?|.+\.(?:docker|container)file)$/i
const GITLAB = /^\.gitlab-ci\.ya?ml$|\.gitlab-ci\.ya?ml$/
const COMPOSE = /^(?:docker-)?compose(?:\..+)?\.ya?ml$/

/**
 * What kind of file it is, from its name where that is a rule, else from its content. It looks at lines, and parses
 * nothing, so that a large file costs little.
 *
 * @returns `undefined` if it fits none: nothing is guessed
 */
export function kindOf({ name, text }: SourceFile): ReferenceKind | undefined {
  const base = name.slice(name.lastIndexOf('/') + 1)
  if (DOCKERFILE.test(base)) return 'dockerfile'
  if (GITLAB.test(base)) return 'gitlab-ci'
  if (hasKey(text, 'apiVersion') && hasKey(text, 'kind')) return 'kubernetes'
  if (hasKey(text, 'on') && hasKey(text, 'jobs')) return undefined
  if (COMPOSE.test(base) || SERVICES.test(text)) return 'compose'
  if (FROM.test(text)) return 'dockerfile'
  return isList(text) ? 'list' : undefined
}

/** Whether a key stands at the top of a YAML document, or somewhere in a JSON file. */
function hasKey(text: string, key: string): boolean {
  const isJson = /^\s*[[{]/.test(text)
  return new RegExp(isJson ? `"${key}"\\s*:` : `^["']?${key}["']?\\s*:`, 'm').test(text)
}

/** A mapping of services at the top. In a pipeline of GitLab it would be a list. */
const SERVICES =
  /^services:[ \t]*(?:#.*)?\r?\n(?:[ \t]*(?:#.*)?\r?\n)*[ \t]+["']?[\w.-]+["']?:|^\s*\{[\s\S]*?"services"\s*:\s*\{/m

/** FROM before any other instruction than ARG. */
const FROM = /^(?:[ \t]*(?:#.*|ARG\s.*)?\r?\n)*[ \t]*FROM[ \t]+\S/i

/** Whether each line is a reference or a comment, and there is at least one. */
function isList(text: string): boolean {
  const lines = text.split(/\r\n?|\n/).flatMap((line) => line.replace(/(?<=^|\s)#.*$/, '').trim() || [])
  return lines.length > 0 && lines.every(isReference)
}

function isReference(line: string): boolean {
  try {
    parseReference(line)
    return true
  } catch {
    return false
  }
}
