/** What to keep of a JSON value: all of it, or some keys of a mapping. On a list it is for each item. */
export type Mask = true | { readonly [key: string]: Mask }

/** A part of a JSON value. Keys that it does not have stay away. */
export function pick(value: unknown, mask: Mask): unknown {
  if (mask === true || !isObject(value)) return value
  if (Array.isArray(value)) return value.map((item) => pick(item, mask))
  const kept: Record<string, unknown> = {}
  for (const [key, below] of Object.entries(mask)) {
    const part = field(value, key)
    if (part !== undefined) kept[key] = pick(part, below)
  }
  return kept
}

/** The value at a path of keys, if there is one. */
export function field(value: unknown, ...path: readonly string[]): unknown {
  let at = value
  for (const key of path)
    at = isObject(at) && Object.hasOwn(at, key) ? Object.getOwnPropertyDescriptor(at, key)?.value : undefined
  return at
}

/** The text at a path of keys, if it is a text and not empty. */
export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = field(value, ...path)
  return typeof found === 'string' && found !== '' ? found : undefined
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
