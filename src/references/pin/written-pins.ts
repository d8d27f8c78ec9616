import { pinsOfKustomization } from './kustomize.ts'
import { MARK } from './pinned-use.ts'

/** Forms in which pins can be written to a file of their own. */
export type PinFormat = 'compose' | 'kustomize' | 'list' | 'json' | 'env'

/** A pinned reference in a file. */
const PINNED = /(?<key>[^\s"'=@,]+)@(?<digest>sha(?:256|384|512):[0-9a-f]+)/g

/** The digests in a file, by what they pin. */
export function pinsIn(text: string, format: PinFormat): ReadonlyMap<string, string> {
  if (format === 'kustomize') return pinsOfKustomization(text)
  return new Map(
    [...text.matchAll(PINNED)].flatMap(({ groups: { key, digest } = {} }): (readonly [string, string])[] =>
      key === undefined || digest === undefined ? [] : [[key, digest]],
    ),
  )
}

/** Whether a file holds nothing but pins that an earlier run wrote, so that it can be replaced. */
export function isOwnFile(text: string, format: PinFormat): boolean {
  if (text.trim() === '') return true
  return format === 'json' ? /^\{\s*"schemaVersion": 1,\s*"writtenBy": "regfsck pin"/.test(text) : text.startsWith(MARK)
}
