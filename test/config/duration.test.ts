import { describe, expect, it } from 'vitest'
import { durationText, parseDuration } from '../../src/config/duration.ts'

describe('a duration', () => {
  it.each<[string, number | undefined]>([
    ['0', 0],
    ['30', 30_000],
    ['1.5', 1500],
    ['500ms', 500],
    ['1.5s', 1500],
    ['15m', 900_000],
    ['7d', 604_800_000],
    // As Go writes and reads them.
    ['1h30m', 5_400_000],
    ['1h0m0s', 3_600_000],
    ['1m0.5s', 60_500],
    ['30m1h', 5_400_000],
    ['1s500000us', 1500],
    ['1s500000µs', 1500],
    ['1500000000ns', 1500],
    // As Prometheus does.
    ['1d12h', 129_600_000],
    ['1w', 604_800_000],
    ['1y', 31_536_000_000],
    ['1h5m3s20ms', 3_903_020],
    ...['', 's', '1h30', '1 h', '-1s', '+1s', '1H', '1M', '1e3', '.5s', '5.s', '1h-30m', 'soon', '1s\n'].map(
      (text): [string, undefined] => [text, undefined],
    ),
  ])('%j has so many milliseconds: %j', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds)
  })

  it.each([
    [1, '1ms'],
    [900_000, '15m'],
    [5_400_000, '1h30m'],
    [777_600_500, '9d500ms'],
  ])('of %j is written %s, which means the same', (milliseconds, text) => {
    expect(durationText(milliseconds)).toBe(text)
    expect(parseDuration(text)).toBe(milliseconds)
  })
})
