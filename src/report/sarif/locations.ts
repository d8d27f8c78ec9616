import type { Use } from '../../check/use.ts'

/** Where something is: a place in a file, or a name in a registry. */
export interface Location {
  readonly physicalLocation?: {
    readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: '%SRCROOT%' }
    readonly region: { readonly startLine: number; readonly startColumn: number }
  }
  readonly logicalLocations?: readonly LogicalLocation[]
  readonly message?: { readonly text: string }
}

interface LogicalLocation {
  readonly fullyQualifiedName: string
  readonly kind: 'resource'
}

/** What has no file: `registry.example.com/team/app:1.4`. */
export function inRegistry(name: string): Location {
  return { logicalLocations: [{ fullyQualifiedName: name, kind: 'resource' }] }
}

/** A place that names an image. Standard input is no file, so only the name is left of it. */
export function inFile({ file, line, column, by }: Use, name: string): Location {
  if (file === '-') return { ...inRegistry(name), message: { text: `${by} (standard input, line ${line})` } }
  const region = { startLine: line, startColumn: column }
  return {
    physicalLocation: { artifactLocation: artifactOf(file), region },
    ...inRegistry(name),
    message: { text: by },
  }
}

/** The place that a record of a file names: `deploy/web.yaml:12:3`. */
export function atPath(path: string): Location {
  const { file, line, column } = /^(?<file>.+):(?<line>\d+):(?<column>\d+)$/s.exec(path)?.groups ?? {}
  if (file === undefined || file === '-') return inRegistry(path)
  const region = { startLine: Number(line), startColumn: Number(column) }
  return { physicalLocation: { artifactLocation: artifactOf(file), region } }
}

/** @see SARIF 2.1.0, 3.4.3 (uri): relative to the root of the sources, which is where the command runs in a pipeline */
function artifactOf(file: string): { readonly uri: string; readonly uriBaseId?: '%SRCROOT%' } {
  const encoded = file.split('/').map((part) => encodeURIComponent(part.replace(LONE_SURROGATE, '\ufffd')))
  if (file.startsWith('/')) return { uri: `file://${encoded.join('/')}` }
  return { uri: encoded.filter((part, n) => part !== '.' || n > 0).join('/'), uriBaseId: '%SRCROOT%' }
}

/** It has no spelling in a URI. */
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g
