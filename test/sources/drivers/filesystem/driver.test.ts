import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { StoreError } from '../../../../src/check/store-error.ts'
import { fileSize } from '../../../../src/sources/distribution/driver.ts'
import { FilesystemDriver } from '../../../../src/sources/drivers/filesystem/driver.ts'
import { storeError } from '../../../../src/sources/drivers/filesystem/system-error.ts'
import { device, fifo, isRoot, socket } from '../../../support/builders/faults/odd-files.ts'
import { contentOf, digestOf } from '../../../support/builders/images.ts'
import { scratch } from '../../../support/scratch.ts'

const directory = scratch()
const at = (name: string) => join(directory, name)
const files = new FilesystemDriver(false)
const following = new FilesystemDriver(true)
const content = contentOf('file', 10_000)
writeFileSync(at('file'), content)
writeFileSync(at('empty'), '')
mkdirSync(at('directory'))
symlinkSync('file', at('to-file'))
symlinkSync('directory', at('to-directory'))
symlinkSync('nothing', at('to-nothing'))
symlinkSync('itself', at('itself'))
for (const odd of ['fifo', 'socket', 'device']) writeFileSync(at(odd), '')
await fifo(at('fifo'), '')
await socket(at('socket'), '')
if (isRoot) await device(at('device'), '')

describe('what is at a path', () => {
  it.each<[string, unknown, unknown]>([
    ['file', 10_000, 10_000],
    ['empty', 0, 0],
    ['directory', 'directory', 'directory'],
    ['nothing', 'missing', 'missing'],
    ['file/below', 'missing', 'missing'],
    ['to-file', 'SYMLINK', 10_000],
    ['to-directory', 'SYMLINK', 'directory'],
    ['to-nothing', 'SYMLINK', 'missing'],
    ['itself', 'SYMLINK', 'SYMLINK'],
    ['fifo', 'STORE_MALFORMED', 'STORE_MALFORMED'],
    ['socket', 'STORE_MALFORMED', 'STORE_MALFORMED'],
    [isRoot ? 'device' : 'fifo', 'STORE_MALFORMED', 'STORE_MALFORMED'],
  ])('%s: %s, and where symlinks are followed %s', (name, alone, followed) => {
    expect(said(() => fileSize(files, at(name)))).toBe(alone)
    expect(said(() => fileSize(following, at(name)))).toBe(followed)
  })
})

describe('the start of a file', () => {
  const buffer = new Uint8Array(100)

  it('is read as far as there is room', () => {
    expect(files.read(at('file'), buffer)).toBe(100)
    expect(Buffer.from(buffer)).toEqual(content.subarray(0, 100))
    expect(files.read(at('empty'), buffer)).toBe(0)
  })

  it.each(['missing', 'directory', 'SYMLINK'])('is not read where it is %s', (what) => {
    const name = { missing: 'nothing', directory: 'directory', SYMLINK: 'to-file' }[what] ?? ''
    expect(said(() => files.read(at(name), buffer))).toBe(what)
  })
})

describe('a whole file', () => {
  const never = () => false

  it('is hashed', () => {
    expect(files.hash(at('file'), 'sha256', never)).toEqual({ measured: digestOf(content), bytes: 10_000 })
    expect(files.hash(at('empty'), 'sha512', never)).toEqual({ measured: digestOf(Buffer.of(), 'sha512'), bytes: 0 })
  })

  it('is not hashed to its end where that is no longer wanted', () => {
    expect(said(() => files.hash(at('file'), 'sha256', () => true))).toBe('STORE_READ_FAILED')
  })

  it.each([
    ['nothing', undefined],
    ['directory', undefined],
    ['to-file', 'SYMLINK'],
    ['fifo', 'STORE_MALFORMED'],
    [isRoot ? 'device' : 'fifo', 'STORE_MALFORMED'],
  ])('%s is none: %s', (name, what) => {
    expect(said(() => files.hash(at(name), 'sha256', never))).toBe(what)
  })
})

describe('an error of the system', () => {
  it.each([
    ['EACCES', 'STORE_DENIED'],
    ['EPERM', 'STORE_DENIED'],
    ['ELOOP', 'SYMLINK'],
    ['ETIMEDOUT', 'STORE_TIMEOUT'],
    ['EIO', 'STORE_READ_FAILED'],
    ['EMFILE', 'STORE_READ_FAILED'],
    ['ENFILE', 'STORE_READ_FAILED'],
    ['ENAMETOOLONG', 'STORE_READ_FAILED'],
    ['Unknown system error -116', 'STORE_READ_FAILED'],
  ])('%s says %s and nothing about damage', (code, because) => {
    const cause = Object.assign(new Error('said the system'), { code })
    expect(storeError(cause, '/a/path')).toMatchObject({ code: because, place: '/a/path', cause })
  })

  it('stays what it is where it is no error of the system', () => {
    const known = new StoreError('is known', { code: 'SYMLINK', place: '/a' })
    expect(storeError(known, '/b')).toBe(known)
    const bug = new TypeError('a bug')
    expect(() => storeError(bug, '/c')).toThrow(bug)
  })
})

function said(look: () => unknown): unknown {
  try {
    return look()
  } catch (error) {
    if (error instanceof StoreError) return error.code
    throw error
  }
}
