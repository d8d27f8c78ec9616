import { type Field, itemsOf, type ListValue, type MapValue, textOf, type Value } from './value.ts'

/**
 * Merges two mappings: missing keys are added, sequences are appended, and of two single values the later wins. Null
 * leaves what was there.
 *
 * @param over what it is merged with; its tags `!reset` and `!override` stay, because the result may be merged again
 * @see compose specification, 13-merge.md; compose-go, override/merge.go
 */
export function merge(under: MapValue, over: MapValue): MapValue {
  const fields = new Map<string, Field>()
  for (const [key, { tag, ...field }] of under.fields) if (tag !== '!reset') fields.set(key, field)
  for (const [key, field] of over.fields) fields.set(key, mergedField(fields.get(key), field))
  return { ...over, fields }
}

function mergedField(under: Field | undefined, over: Field): Field {
  if (under === undefined || over.tag !== undefined) return over
  return { ...under, value: mergedValue(under.value, over.value) }
}

function mergedValue(under: Value | undefined, over: Value | undefined): Value | undefined {
  if (under === undefined || over === undefined) return over ?? under
  if (under.kind === 'list' && over.kind === 'list') return { ...over, items: [...under.items, ...over.items] }
  if (under.kind !== 'text' && over.kind !== 'text') return merge(asMap(under), asMap(over))
  return over
}

/** A sequence of names, where the other file has a mapping: `models` may be either. */
function asMap(value: MapValue | ListValue): MapValue {
  if (value.kind === 'map') return value
  const { file } = value
  const fields = itemsOf(value).flatMap((item): [string, Field][] => {
    const name = textOf(item)
    return name === undefined ? [] : [[name, { file, at: item.start, value: undefined }]]
  })
  return { ...value, kind: 'map', fields: new Map(fields) }
}
