import { readFileSync } from 'node:fs'
import { SourceMap, type SourceMapPayload, type SourceOrigin } from 'node:module'

/** A place in a frame: with or without parentheses, a path or a URL of a file. */
const PLACE = /(?:file:\/\/)?(\/[^():\n]*\.js):(\d+):(\d+)/g

/**
 * The package holds bundled files. Whoever reads a bug report needs the places in the source, `src/check/walk/walk.ts:153:10`.
 *
 * The maps are read here, when something has gone wrong: with `--enable-source-maps` each start would read them.
 */
export function stackInSources(stack: string): string {
  return stack.replace(PLACE, (place, file: string, line: string, column: string) => {
    const origin: Partial<SourceOrigin> = mapBeside(file)?.findOrigin(Number(line), Number(column)) ?? {}
    const { fileName, lineNumber, columnNumber } = origin
    return fileName === undefined ? place : `${fileName.replace(/^(?:\.\.\/)+/, '')}:${lineNumber}:${columnNumber}`
  })
}

/** @returns nothing where there is none: a stack also leads through packages and through Node itself */
function mapBeside(file: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${decodeURI(file)}.map`, 'utf8')) as SourceMapPayload)
  } catch {
    return undefined
  }
}
