import { decode, encode, type SourceMapSegment } from '@jridgewell/sourcemap-codec'

interface SourceMapText {
  readonly version: number
  readonly sources: readonly string[]
  readonly mappings: string
}

/** What the bundler adds has no file, and is named after the file that it is added to. */
const OWN = /^(?:\.\.\/)+src\//

/** Leave packages out of a source map, of which they would be the most: a bug report is about our own files. */
export function ownPlaces(map: string): string {
  const { version, sources, mappings }: SourceMapText = JSON.parse(map)
  const isOwn = sources.map((source) => OWN.test(source))
  const own = sources.filter((_, n) => isOwn[n])
  const numbers = sources.map((source) => own.indexOf(source))
  const lines = decode(mappings).map((segments) =>
    withoutRepeats(segments.map((segment) => renumbered(segment, numbers))),
  )
  return JSON.stringify({ version, sources: own, names: [], mappings: encode(lines) })
}

/** A segment of one number says that what follows has no source. */
function renumbered(
  [column, source = -1, line = 0, from = 0]: SourceMapSegment,
  numbers: readonly number[],
): SourceMapSegment {
  const number = numbers[source] ?? -1
  return number < 0 ? [column] : [column, number, line, from]
}

function withoutRepeats(segments: readonly SourceMapSegment[]): SourceMapSegment[] {
  return segments.filter((segment, n) => segment.length > 1 || segments[n - 1]?.length !== 1)
}
