import { type FieldValue, valuesOf } from './go-json.ts'
import type { FieldPlace } from './go-struct.ts'
import { type Json, JsonNumber, JsonObject } from './json-text.ts'

/** A map of strings. Repeated maps are merged. Keys are case-sensitive. */
export function readTextMap(
  given: FieldValue,
  before: ReadonlyMap<string, string> | undefined,
  place: FieldPlace,
  name: string,
): ReadonlyMap<string, string> | undefined {
  let map = before
  for (const value of valuesOf(given)) {
    if (value === null) map = undefined
    else if (!(value instanceof JsonObject)) place.wrong(name, 'is not an object')
    else {
      const read = new Map(map)
      for (const [key, text] of value.entries) {
        if (typeof text !== 'string' && text !== null) place.wrong(name, 'has a value that is not a string')
        read.set(key, typeof text === 'string' ? text : '')
      }
      map = read
    }
  }
  return map
}

/** Checks that Go can read a value as bytes: base64 text, or a list of numbers. */
export function checkBytes(given: FieldValue, place: FieldPlace, name: string): void {
  for (const value of valuesOf(given)) {
    if (value === null) continue
    const isRead = typeof value === 'string' ? isBase64(value) : Array.isArray(value) && value.every(isByte)
    if (!isRead) place.wrong(name, 'is not base64')
  }
}

/** @see encoding/base64, `StdEncoding`: padded, line breaks are ignored, trailing bits are not checked */
export function isBase64(text: string): boolean {
  const joined = text.replaceAll(/[\r\n]/g, '')
  return joined.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(joined)
}

function isByte(value: Json): boolean {
  if (value === null) return true
  return value instanceof JsonNumber && /^\d{1,3}$/.test(value.text) && Number(value.text) < 256
}

/** Whether a number inside is too large for a float: Go fails on it when it decodes into `interface{}`. */
export function overflows(given: FieldValue): boolean {
  const queue: Json[] = [...valuesOf(given)]
  for (let value = queue.pop(); value !== undefined; value = queue.pop()) {
    if (value instanceof JsonNumber && !Number.isFinite(Number(value.text))) return true
    if (Array.isArray(value)) for (const each of value) queue.push(each)
    else if (value instanceof JsonObject) for (const [, each] of value.entries) queue.push(each)
  }
  return false
}
