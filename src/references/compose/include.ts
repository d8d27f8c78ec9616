import { directoryOf, join } from './paths.ts'
import type { Session } from './session.ts'
import {
  get,
  itemsOf,
  type MapValue,
  type ProjectFile,
  placeOf,
  type TextValue,
  textOf,
  type Value,
  writtenAt,
} from './values/value.ts'

/** Another project whose services become part of this one. */
export interface Included {
  /** The first is the main file, and the others are merged over it. */
  readonly files: readonly [ProjectFile, ...ProjectFile[]]
  /** A file in its directory, which its paths are relative to. */
  readonly base: string
  /** Its environment files; without this, `.env` in its directory if it is there. One that cannot be read is a name. */
  readonly envFiles?: readonly (ProjectFile | string)[]
  /** Where the list of includes names it. */
  readonly at: Value
}

/**
 * The projects that a file includes, as far as they can be read. All their paths are relative to the directory of the
 * project that includes them.
 *
 * @param base a file in that directory
 * @see compose specification, 14-include.md, short and long syntax; compose-go, loader/include.go
 */
export function includedBy(layer: MapValue, base: string, session: Session): readonly Included[] {
  const list = get(layer, 'include')
  if (list === undefined) return []
  if (list.kind !== 'list') session.report(placeOf(list), 'include must be a list')
  return itemsOf(list).flatMap((item) => includedAt(item, base, session) ?? [])
}

function includedAt(item: Value, base: string, session: Session): Included | undefined {
  const paths = item.kind === 'text' ? [item] : textsOf(get(item, 'path'))
  if (paths.length === 0) session.report(placeOf(item), 'an include must name a file')
  const files = paths.flatMap((path) => session.open(base, path) ?? [])
  const [main, ...overrides] = files
  if (main === undefined || files.length < paths.length) return undefined
  const directory = directoryAt(get(item, 'project_directory'), base, session)
  const envFiles = envFilesAt(get(item, 'env_file'), base, session)
  return {
    files: [main, ...overrides],
    base: directory ?? main.name,
    at: item,
    ...(envFiles === undefined ? {} : { envFiles }),
  }
}

function directoryAt(value: Value | undefined, base: string, session: Session): string | undefined {
  if (value === undefined) return undefined
  const path = textOf(value)
  if (path !== undefined) return `${join(directoryOf(base), path)}/compose.yaml`
  const why = value.kind === 'text' && 'because' in value.outcome ? value.outcome.because : 'a directory must be text'
  session.report(placeOf(value), why)
  return undefined
}

/** `/dev/null` stands for no environment file at all. */
function envFilesAt(value: Value | undefined, base: string, session: Session): Included['envFiles'] {
  if (value === undefined) return undefined
  const paths = textsOf(value).filter((path) => textOf(path) !== '/dev/null')
  return paths.map((path) => session.open(base, path) ?? writtenAt(path))
}

function textsOf(value: Value | undefined): readonly TextValue[] {
  const values = value?.kind === 'text' ? [value] : itemsOf(value)
  return values.filter((one) => one.kind === 'text')
}
