import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { StoreError } from '../../../../src/check/store-error.ts'
import { Files, storeError } from '../../../../src/sources/drivers/filesystem/driver.ts'
import { device, fifo, isRoot, socket } from '../../../support/builders/faults/odd-files.ts'
import { contentOf } from '../../../support/builders/images.ts'
import { scratch } from '../../../support/scratch.ts'

const directory = scratch()
const at = (name: string) => join(directory, name)
const files = new Files(false)
const following = new Files(true)
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
    expect(said(() => files.size(at(name)))).toBe(alone)
    expect(said(() => following.size(at(name)))).toBe(followed)
  })
})

describe('the start of a file', () => {
  const buffer = new Uint8Array(100)

  it('is read as far as there is room', () => {
    expect(files.readStart(at('file'), buffer)).toBe(100)
    expect(Buffer.from(buffer)).toEqual(content.subarray(0, 100))
    expect(files.readStart(at('empty'), buffer)).toBe(0)
  })

  it.each(['missing', 'directory', 'SYMLINK'])('is not read where it is %s', (what) => {
    const name = { missing: 'nothing', directory: 'directory', SYMLINK: 'to-file' }[what] ?? ''
    expect(said(() => files.readStart(at(name), buffer))).toBe(what)
  })
})

describe('a long file', () => {
  it.each([1, 7, 4096, 10_000, 20_000])('is read piece by piece, %i bytes at a time, to its end', (size) => {
    const pieces: Buffer[] = []
    const take = (piece: Uint8Array) => pieces.push(Buffer.from(piece)) > 0
    expect(files.readPieces(at('file'), new Uint8Array(size), take)).toBe('read')
    expect(Buffer.concat(pieces)).toEqual(content)
    expect(pieces).toHaveLength(Math.ceil(10_000 / size))
  })

  it('is read no further than is asked for', () => {
    let bytes = 0
    files.readPieces(at('file'), new Uint8Array(1000), (piece) => {
      bytes += piece.length
      return bytes < 3000
    })
    expect(bytes).toBe(3000)
  })

  it.each([
    ['nothing', 'missing'],
    ['directory', 'directory'],
    ['to-file', 'SYMLINK'],
    ['fifo', 'STORE_MALFORMED'],
    [isRoot ? 'device' : 'fifo', 'STORE_MALFORMED'],
  ])('%s is none: %s', (name, what) => {
    const never = () => {
      throw new Error('was read')
    }
    expect(said(() => files.readPieces(at(name), new Uint8Array(10), never))).toBe(what)
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
