import { type Given, type GoJson, valuesOf } from './go-json.ts'
import type { Place } from './go-struct.ts'
import { JsonNumber, JsonObject } from './json-text.ts'

/** A map of text to text: equal keys of two maps meet in one. Its keys are matched as they are. */
export function readTextMap(
  given: Given,
  before: ReadonlyMap<string, string> | undefined,
  place: Place,
  name: string,
): ReadonlyMap<string, string> | undefined {
  let map = before
  for (const value of valuesOf(given)) {
    const entries = entriesOf(value)
    if (value === null) map = undefined
    else if (entries === undefined) place.wrong(name, 'is not an object')
    else {
      const read = new Map(map)
      for (const [key, text] of entries) {
        if (typeof text !== 'string' && text !== null) place.wrong(name, 'has a value that is not a string')
        read.set(key, typeof text === 'string' ? text : '')
      }
      map = read
    }
  }
  return map
}

function entriesOf(value: GoJson): readonly (readonly [string, GoJson])[] | undefined {
  if (value instanceof JsonObject) return value.entries
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof JsonNumber)
    return undefined
  return Object.entries(value)
}

/** Bytes: text in base 64, or a list of numbers. Only whether Go can read them is of interest. */
export function checkBytes(given: Given, place: Place, name: string): void {
  for (const value of valuesOf(given)) {
    if (value === null) continue
    const isRead = typeof value === 'string' ? isBase64(value) : Array.isArray(value) && value.every(isByte)
    if (!isRead) place.wrong(name, 'is not base64')
  }
}

/** @see encoding/base64, `StdEncoding`: padded, line breaks are passed over, left-over bits are not looked at */
function isBase64(text: string): boolean {
  const joined = text.replaceAll(/[\r\n]/g, '')
  return joined.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(joined)
}

function isByte(value: GoJson): boolean {
  if (value === null) return true
  const text = value instanceof JsonNumber ? value.text : typeof value === 'number' ? String(value) : ''
  return /^\d{1,3}$/.test(text) && Number(text) < 256
}

/** Whether a number anywhere inside is too large for a float, which is an error where a value of any type is read. */
export function overflows(given: Given): boolean {
  const queue: GoJson[] = valuesOf(given).filter(isAsWritten)
  for (let value = queue.pop(); value !== undefined; value = queue.pop()) {
    if (value instanceof JsonNumber && !Number.isFinite(Number(value.text))) return true
    if (Array.isArray(value)) for (const each of value) queue.push(each)
    else for (const [, each] of entriesOf(value) ?? []) queue.push(each)
  }
  return false
}

/** What `JSON.parse` has read, and could write again, holds no such number. */
function isAsWritten(value: GoJson): boolean {
  const inside: GoJson = Array.isArray(value) ? value.find((each) => typeof each === 'object' && each !== null) : value
  return Array.isArray(inside) || inside instanceof JsonObject || inside instanceof JsonNumber
}
