/** Items of a list in one piece. */
const AT_ONCE = 500
/** Lists down to this depth are split: those of each target, in the list of targets. */
const DEPTH = 4

/**
 * The text of `JSON.stringify(value, undefined, 2)` in pieces, because a report with many findings is long, and a signal is
 * handled between two pieces.
 */
export function* jsonPieces(value: unknown, depth = 0): Generator<string> {
  if (depth >= DEPTH || typeof value !== 'object' || value === null) {
    yield textAt(value, depth)
    return
  }
  const isList = Array.isArray(value)
  const entries: [string, unknown][] = Object.entries(value).filter(([, each]) => each !== undefined)
  if (entries.length === 0) {
    yield isList ? '[]' : '{}'
    return
  }
  const line = `\n${'  '.repeat(depth)}`
  yield isList ? '[' : '{'
  if (isList && depth === DEPTH - 1) yield* batches(value, depth + 1)
  else
    for (const [n, [key, each]] of entries.entries()) {
      yield `${n === 0 ? '' : ','}${line}  ${isList ? '' : `${JSON.stringify(key)}: `}`
      yield* jsonPieces(each, depth + 1)
    }
  yield `${line}${isList ? ']' : '}'}`
}

function* batches(list: readonly unknown[], depth: number): Generator<string> {
  const line = `\n${'  '.repeat(depth)}`
  for (let n = 0; n < list.length; n += AT_ONCE)
    yield list
      .slice(n, n + AT_ONCE)
      .map((each, k) => `${n + k === 0 ? '' : ','}${line}${textAt(each, depth)}`)
      .join('')
}

/** A value, indented. Line feeds in strings are escaped in JSON, so every line feed is one of the layout. */
function textAt(value: unknown, depth: number): string {
  return JSON.stringify(value, undefined, 2).replaceAll('\n', `\n${'  '.repeat(depth)}`)
}
