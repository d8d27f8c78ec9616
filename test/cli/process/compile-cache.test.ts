import { chmodSync, chownSync, existsSync, mkdirSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compileCacheIn } from '../../../src/cli/process/compile-cache.ts'
import { isRoot } from '../../support/builders/faults/odd-files.ts'
import { copyOfFixture } from '../../support/builders/fixtures.ts'
import { scratch } from '../../support/scratch.ts'

describe('compiled code is kept', () => {
  it('in the cache of a home, open to nobody else', () => {
    const HOME = scratch()
    const directory = join(HOME, '.cache/regfsck')
    expect(compileCacheIn({ HOME })).toBe(directory)
    expect(statSync(directory).mode & 0o777).toBe(0o700)
    expect(compileCacheIn({ HOME })).toBe(directory)
  })

  it('where XDG_CACHE_HOME says', () => {
    const cache = join(scratch(), 'cache')
    expect(compileCacheIn({ HOME: scratch(), XDG_CACHE_HOME: cache })).toBe(join(cache, 'regfsck'))
  })
})

describe('compiled code is not kept, and nothing is made,', () => {
  it.each([
    ['without a home', {}],
    ['in a home that is not there', { HOME: '/nonexistent' }],
    ['in a home that is a file', { HOME: '/dev/null' }],
    ['in a home that is relative', { HOME: 'home' }],
    ['in a file system of the kernel', { HOME: '/proc/1' }],
  ])('%s', (_, env) => {
    expect(compileCacheIn(env)).toBeUndefined()
    expect(existsSync('/nonexistent')).toBe(false)
    expect(existsSync('home')).toBe(false)
  })

  it.each(['.', 'docker', 'docker/registry', 'docker/registry/v2', 'docker/registry/v2/blobs'])(
    'in a home that is a registry: %s',
    (inside) => {
      const HOME = join(copyOfFixture('lawful-nested-index', join(scratch(), 'registry')), inside)
      expect(compileCacheIn({ HOME })).toBeUndefined()
      expect(existsSync(join(HOME, '.cache'))).toBe(false)
    },
  )

  it('in a cache that a link leads from into a registry', () => {
    const HOME = scratch()
    const registry = copyOfFixture('lawful-nested-index', join(scratch(), 'registry'))
    symlinkSync(registry, join(HOME, '.cache'))
    expect(compileCacheIn({ HOME })).toBeUndefined()
    expect(existsSync(join(registry, 'regfsck'))).toBe(false)
  })

  it('in an image layout', () => {
    const HOME = scratch()
    mkdirSync(join(HOME, 'blobs'))
    expect(compileCacheIn({ HOME })).toBeUndefined()
  })

  it('where others may write', () => {
    const HOME = scratch()
    chmodSync(HOME, 0o777)
    expect(compileCacheIn({ HOME })).toBeUndefined()
    expect(existsSync(join(HOME, '.cache'))).toBe(false)
    chmodSync(HOME, 0o700)
    mkdirSync(join(HOME, '.cache/regfsck'), { recursive: true })
    chmodSync(join(HOME, '.cache/regfsck'), 0o777)
    expect(compileCacheIn({ HOME })).toBeUndefined()
  })

  it.runIf(isRoot)("in somebody else's home or cache", () => {
    const [theirs, HOME] = [scratch(), scratch()]
    chownSync(theirs, 65534, 65534)
    expect(compileCacheIn({ HOME: theirs })).toBeUndefined()
    expect(existsSync(join(theirs, '.cache'))).toBe(false)
    mkdirSync(join(HOME, '.cache/regfsck'), { recursive: true })
    chownSync(join(HOME, '.cache/regfsck'), 65534, 65534)
    expect(compileCacheIn({ HOME })).toBeUndefined()
  })
})
