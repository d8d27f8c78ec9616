/** The syntax of durations: that of Go and Prometheus, or a bare number of seconds. */
export const DURATION: RegExp = /^(?:\d{1,15}(?:\.\d{1,9})?|(?:\d{1,15}(?:\.\d{1,9})?(?:ns|us|µs|ms|s|m|h|d|w|y))+)$/

/** The end of the error for a wrong duration. */
export const EXPECTED_DURATION = 'expected a duration such as 500ms, 3s, 1h30m or 7d'

/** @returns milliseconds, or `undefined` if it is no duration */
export function parseDuration(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined
  const parts = [...text.matchAll(/([\d.]+)([a-zµ]*)/g)]
  // Micro- and nanoseconds only add up to milliseconds: timers have no finer unit.
  const sum = parts.reduce((all, [, amount, unit]) => all + Number(amount) * (UNITS.get(unit ?? '') ?? 0), 0)
  return Number(sum.toFixed(3))
}

/** A duration in the form in which people write it. @param milliseconds at least 1 */
export function durationText(milliseconds: number): string {
  const units: readonly [string, number][] = [
    ['d', DAY],
    ['h', HOUR],
    ['m', MINUTE],
    ['s', SECOND],
    ['ms', 1],
  ]
  let rest = Math.round(milliseconds)
  return units
    .flatMap(([name, length]) => {
      const n = Math.floor(rest / length)
      rest -= n * length
      return n > 0 ? [`${n}${name}`] : []
    })
    .join('')
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const UNITS: ReadonlyMap<string, number> = new Map([
  ['', SECOND],
  ['ns', 1e-6],
  ['us', 1e-3],
  ['µs', 1e-3],
  ['ms', 1],
  ['s', SECOND],
  ['m', MINUTE],
  ['h', HOUR],
  ['d', DAY],
  ['w', 7 * DAY],
  ['y', 365 * DAY],
])
