import { describe, expect, it } from 'vitest'
import { isPlatform, parsePlatform, platformInConfig } from '../../src/oci/platform.ts'

describe('a platform', () => {
  it.each([
    ['linux/amd64', 'linux/amd64', true],
    ['linux/arm64', 'linux/amd64', false],
    ['windows/amd64', 'linux/amd64', false],
    ['linux/arm64', 'linux/arm64/v8', true],
    ['linux/arm64/v8', 'linux/arm64', true],
    ['linux/arm/v6', 'linux/arm', true],
    ['linux/arm/v6', 'linux/arm/v7', false],
    ['linux/arm', 'linux/arm/v7', true],
    ['linux/amd64', 'linux/amd64/v3', false],
    ['unknown/unknown', 'linux/amd64', false],
    ['linux', 'linux/amd64', false],
  ])('%s is one for %s: %s', (has, wanted, expected) => {
    expect(isPlatform(has, parsePlatform(wanted))).toBe(expected)
  })

  it.each([
    ['Linux/AMD64', 'linux/amd64'],
    ['linux/x86_64', 'linux/amd64'],
    ['linux/aarch64', 'linux/arm64'],
    ['linux/arm/V7', 'linux/arm/v7'],
  ])('%s is read as %s', (text, expected) => {
    expect(parsePlatform(text)).toBe(expected)
  })

  it.each(['', 'linux', 'linux/', '/amd64', 'linux/amd64/', 'linux/a/b/c', 'linux amd64', 'linux/amd64\n'])(
    '%j is none',
    (text) => {
      expect(() => parsePlatform(text)).toThrow(/is not a platform: expected OS\/ARCHITECTURE/)
    },
  )

  it.each([
    ['{"os":"linux","architecture":"arm","variant":"v7"}', 'linux/arm/v7'],
    ['{"os":"linux","architecture":"amd64"}', 'linux/amd64'],
    ['{"OS":"linux","Architecture":"amd64"}', 'linux/amd64'],
    ['{"os":"windows","architecture":"amd64","os":"linux"}', 'linux/amd64'],
    ['{"os":"linux"}', undefined],
    ['{"os":1,"architecture":"amd64"}', undefined],
    ['[]', undefined],
    ['null', undefined],
    ['not JSON', undefined],
  ])('the config %s names %s', (config, expected) => {
    expect(platformInConfig(Buffer.from(config))).toBe(expected)
  })
})
