/** Items of a list that are written at once. */
const AT_ONCE = 500
/** How deep lists are written in pieces: those of each target, in the list of targets. */
const DEPTH = 4

/**
 * What `JSON.stringify(value, undefined, 2)` says, in pieces: the text of a registry where much is wrong is long, and
 * between two pieces a signal can be heard.
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

/** A value as it stands so far to the right: no text in JSON holds a line feed. */
function textAt(value: unknown, depth: number): string {
  return JSON.stringify(value, undefined, 2).replaceAll('\n', `\n${'  '.repeat(depth)}`)
}
