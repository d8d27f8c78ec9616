import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ValidationSeverity, validate } from 'dockerfile-utils'
import { finalStage, type Instruction, instructionsOf } from './instructions.ts'

const ERROR = ValidationSeverity.ERROR
const STRICT = {
  deprecatedMaintainer: ERROR,
  directiveCasing: ERROR,
  emptyContinuationLine: ERROR,
  instructionCasing: ERROR,
  instructionCmdMultiple: ERROR,
  instructionEntrypointMultiple: ERROR,
  instructionHealthcheckMultiple: ERROR,
  instructionJSONInSingleQuotes: ERROR,
  instructionWorkdirRelative: ERROR,
}
const PINNED = /^\$\{(\w+)\}@\$\{(\w+)\}(?: AS \w+)?$/
const EXEC_FORM = /^\["[^"]+"(?:, "[^"]+")*\]$/

/**
 * What is wrong with a Dockerfile, in words; nothing where it is as ours must be.
 *
 * @param root the build context
 */
export function problemsOf(text: string, root: string): string[] {
  const all = instructionsOf(text)
  const last = finalStage(all)
  return [
    ...validate(text, STRICT).map(({ message }) => (typeof message === 'string' ? message : message.value)),
    ...unpinned(all),
    ...absentSources(all, root),
    ...notRootless(last),
    ...needsShell(last),
  ]
}

function unpinned(all: readonly Instruction[]): string[] {
  const defaults = new Map(all.filter(({ word }) => word === 'ARG').map(({ rest }) => split(rest)))
  return texts(all, 'FROM').flatMap((from) => {
    const [, image, digest] = PINNED.exec(from) ?? []
    if (image === undefined || digest === undefined) return [`base is not pinned by an argument: ${from}`]
    if (!defaults.has(digest)) return [`no argument ${digest}`]
    return defaults.get(digest) === undefined ? [] : [`a digest as default grows old: ${digest}`]
  })
}

function absentSources(all: readonly Instruction[], root: string): string[] {
  const sources = texts(all, 'COPY')
    .filter((rest) => !rest.startsWith('--from='))
    .flatMap((rest) => rest.split(/\s+/).slice(0, -1))
  return sources.filter((source) => !existsSync(join(root, source))).map((source) => `nothing to copy: ${source}`)
}

function notRootless(last: readonly Instruction[]): string[] {
  const user = texts(last, 'USER').at(-1) ?? 'none'
  return /^[1-9]\d*:[1-9]\d*$/.test(user) ? [] : [`not a numeric user other than root: ${user}`]
}

/** A RUN in the last stage needs a shell in the base, and so does every command that is no list of words. */
function needsShell(last: readonly Instruction[]): string[] {
  const runs = texts(last, 'RUN').map((rest) => `runs in the last stage: ${rest}`)
  const entry = texts(last, 'ENTRYPOINT').at(-1) ?? 'none'
  const shells = [entry, ...texts(last, 'CMD')].filter((rest) => !EXEC_FORM.test(rest))
  return [...runs, ...shells.map((rest) => `not in exec form: ${rest}`)]
}

function texts(all: readonly Instruction[], wanted: string): string[] {
  return all.filter(({ word }) => word === wanted).map(({ rest }) => rest)
}

function split(argument: string): [string, string | undefined] {
  const [, name = argument, value] = /^(\w+)=(.*)$/.exec(argument) ?? []
  return [name, value]
}
