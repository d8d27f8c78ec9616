import type { IncomingMessage } from 'node:http'
import { networkFailure } from './api-client.ts'
import { ApiFailure, failureOf } from './api-failure.ts'
import { field, textAt } from './pick.ts'

/** A change that a watch tells. */
export interface WatchEvent {
  /** A bookmark is only a newer version from which to go on. */
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'
  readonly object: unknown
}

const TYPES: ReadonlySet<unknown> = new Set<WatchEvent['type']>(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK'])
/** UTF-16 units of one event. An object has at most 1.5 MiB in etcd. */
const LONGEST = 16 * 1024 * 1024

/**
 * The events of a watch, until the cluster ends it.
 *
 * @see Kubernetes, "API Concepts", "Efficient detection of changes": one JSON object a line; an `ERROR` carries a `Status`
 * @throws {ApiFailure} `expired` if the cluster no longer has the version from which we asked
 */
export async function* watchEvents(response: IncomingMessage): AsyncGenerator<WatchEvent> {
  let rest = ''
  for await (const piece of piecesOf(response)) {
    const lines = `${rest}${piece}`.split('\n')
    // What the connection cut off is sent again.
    rest = lines.pop() ?? ''
    if (rest.length > LONGEST) throw new ApiFailure('failed', 'an event of the cluster is too large')
    for (const line of lines) if (line !== '') yield eventIn(line)
  }
}

async function* piecesOf(response: IncomingMessage): AsyncGenerator<string> {
  response.setEncoding('utf8')
  try {
    for await (const piece of response) yield piece
  } catch (error) {
    throw new ApiFailure('cut', networkFailure(error).message)
  }
}

function eventIn(line: string): WatchEvent {
  const event = parsed(line)
  const object = field(event, 'object')
  const type = textAt(event, 'type')
  if (type === 'ERROR') throw failureOf(Number(field(object, 'code')) || 500, textAt(object, 'message'))
  if (!isType(type)) throw new ApiFailure('failed', 'an event of the cluster is of an unknown type')
  return { type, object }
}

function isType(type: unknown): type is WatchEvent['type'] {
  return TYPES.has(type)
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw new ApiFailure('failed', 'an event of the cluster is not JSON')
  }
}
