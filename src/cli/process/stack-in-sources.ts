import { readFileSync } from 'node:fs'
import { SourceMap, type SourceMapPayload, type SourceOrigin } from 'node:module'

/** A place in a frame: with or without parentheses, a path or a URL of a file. */
const PLACE = /(?:file:\/\/)?(\/[^():\n]*\.js):(\d+):(\d+)/g

/**
 * Maps a stack to source files, such as `src/check/walk/walk.ts:153:10`: the package contains only bundled files.
 *
 * The maps are read only after an error. With `--enable-source-maps` every start would read them.
 */
export function stackInSources(stack: string): string {
  return stack.replace(PLACE, (place, file: string, line: string, column: string) => {
    const origin: Partial<SourceOrigin> = mapBeside(file)?.findOrigin(Number(line), Number(column)) ?? {}
    const { fileName, lineNumber, columnNumber } = origin
    return fileName === undefined ? place : `${fileName.replace(/^(?:\.\.\/)+/, '')}:${lineNumber}:${columnNumber}`
  })
}

/** @returns `undefined` if the file has no map, like packages and Node itself */
function mapBeside(file: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${decodeURI(file)}.map`, 'utf8')) as SourceMapPayload)
  } catch {
    return undefined
  }
}
