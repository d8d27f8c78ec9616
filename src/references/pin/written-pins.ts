import { child, textOf } from '../yaml/node.ts'
import { parseYaml } from '../yaml/parse.ts'
import { pinsOfKustomization } from './kustomize.ts'
import { MARK } from './pinned-use.ts'

/** Forms in which pins can be written to a file of their own. */
export type PinFormat = 'compose' | 'kustomize' | 'list' | 'json' | 'env'

/** A pin in a file. */
export interface WrittenPin {
  /** What is pinned: `registry.example.com/app:1.4`. */
  readonly key: string
  readonly digest: string
  /** Who is pinned, if the file says so: `service web`. */
  readonly usedBy?: string
}

/** A pinned reference in a file. */
const PINNED = /(?<key>[^\s"'=@,]+)@(?<digest>sha(?:256|384|512):[0-9a-f]+)/g

/** The pins in a file. */
export function pinsIn(text: string, format: PinFormat): readonly WrittenPin[] {
  if (format === 'kustomize') return [...pinsOfKustomization(text)].map(([key, digest]) => ({ key, digest }))
  return (format === 'compose' ? pinsOfServices(text) : undefined) ?? allPinsIn(text)
}

function allPinsIn(text: string): readonly WrittenPin[] {
  return [...text.matchAll(PINNED)].flatMap(({ groups: { key, digest } = {} }): readonly WrittenPin[] =>
    key === undefined || digest === undefined ? [] : [{ key, digest }],
  )
}

/** @returns `undefined` if the text is no compose file */
function pinsOfServices(text: string): readonly WrittenPin[] | undefined {
  const [document] = parseYaml(text)
  const services = document !== undefined && 'root' in document ? child(document.root, 'services') : undefined
  if (services?.kind !== 'map') return undefined
  return [...services.entries].flatMap(([name, { value }]) =>
    allPinsIn(textOf(child(value, 'image')) ?? '').map((pin) => ({ ...pin, usedBy: `service ${name}` })),
  )
}

/**
 * The digest that a file pins for a use. Where it has several for one tag and does not say for whom, the one that the use
 * names itself is meant.
 */
export function pinFor(
  { key, usedBy, digest }: Omit<WrittenPin, 'digest'> & { readonly digest: string | undefined },
  pins: readonly WrittenPin[],
): string | undefined {
  const same = pins.filter((pin) => pin.key === key)
  const own = same.find((pin) => pin.usedBy === usedBy) ?? same.find((pin) => pin.digest === digest)
  return (own ?? same.at(-1))?.digest
}

/** Whether a file holds nothing but pins that an earlier run wrote, so that it can be replaced. */
export function isOwnFile(text: string, format: PinFormat): boolean {
  if (text.trim() === '') return true
  return format === 'json' ? /^\{\s*"schemaVersion": 1,\s*"writtenBy": "regfsck pin"/.test(text) : text.startsWith(MARK)
}
