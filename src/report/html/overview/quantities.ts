import { html, type Markup } from '../markup.ts'

const NUMBERS = new Intl.NumberFormat('en')

/** `1,234` */
export function number(n: number): string {
  return NUMBERS.format(n)
}

/** `1 tag`, `1,234 tags`. */
export function counted(n: number, one: string, many: string = `${one}s`): string {
  return `${number(n)} ${n === 1 ? one : many}`
}

/** `3.2 MiB` */
export function bytes(n: number): string {
  const units = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB']
  let value = n
  let unit: string | undefined
  for (const larger of units) {
    if (value < 1024) break
    value /= 1024
    unit = larger
  }
  return unit === undefined ? counted(n, 'byte') : `${value.toFixed(1)} ${unit}`
}

const STEPS = [
  { seconds: 86_400, one: 'day' },
  { seconds: 3600, one: 'hour' },
  { seconds: 60, one: 'minute' },
] as const

/** `15 minutes`: in the largest unit that fits, rounded down. */
export function duration(seconds: number): string {
  const step = STEPS.find((each) => seconds >= each.seconds)
  return step === undefined
    ? counted(Math.max(0, Math.floor(seconds)), 'second')
    : counted(Math.floor(seconds / step.seconds), step.one)
}

/** `3 minutes ago`, `in 3 minutes`, `just now`. */
export function relative(date: Date, now: Date): string {
  const seconds = (now.getTime() - date.getTime()) / 1000
  if (Math.abs(seconds) < 1) return 'just now'
  return seconds < 0 ? `in ${duration(-seconds)}` : `${duration(seconds)} ago`
}

/** A time such as `2026-11-20 12:00 UTC`, also readable by programs. */
export function moment(date: Date): Markup {
  return html`<time datetime="${date.toISOString()}">${minute(date)}</time>`
}

/** A time and how long ago it was. */
export function momentAgo(date: Date, now: Date): Markup {
  return html`${moment(date)} <span class="soft">(${relative(date, now)})</span>`
}

/** How long ago a time was; the time itself is in the tooltip. */
export function ago(date: Date, now: Date): Markup {
  return html`<time datetime="${date.toISOString()}" title="${minute(date)}">${relative(date, now)}</time>`
}

/** `2026-11-20 12:00 UTC` */
function minute(date: Date): string {
  const iso = date.toISOString()
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`
}
