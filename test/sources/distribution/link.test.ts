import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { StoreError } from '../../../src/check/store-error.ts'
import { parseDigest } from '../../../src/oci/digest.ts'
import { readLink } from '../../../src/sources/distribution/repository/link.ts'
import { FilesystemDriver } from '../../../src/sources/drivers/filesystem/driver.ts'
import { fifo } from '../../support/builders/faults/odd-files.ts'
import { scratch } from '../../support/scratch.ts'

const directory = scratch()
const sha256 = `sha256:${'ab'.repeat(32)}`
const sha512 = `sha512:${'cd'.repeat(64)}`
const driver = new FilesystemDriver(false)

describe('a link names', () => {
  it.each([sha256, sha512])('%s', (digest) => {
    expect(read(digest)).toEqual({ is: 'names', digest })
  })

  it('what it says, and not what it should say', () => {
    const expected = parseDigest(`sha256:${'12'.repeat(32)}`)
    writeFileSync(join(directory, 'other'), sha256)
    expect(readLink(driver, join(directory, 'other'), expected)).toEqual({ is: 'names', digest: sha256 })
    writeFileSync(join(directory, 'other'), expected)
    expect(readLink(driver, join(directory, 'other'), expected)).toEqual({ is: 'names', digest: expected })
  })
})

describe('a link is invalid, as it is to the reference server, where it', () => {
  it.each([
    ['is empty', ''],
    ['ends with a line feed', `${sha256}\n`],
    ['begins with a space', ` ${sha256}`],
    ['is cut short', sha256.slice(0, -1)],
    ['has a digit too many', `${sha256}0`],
    ['has capitals', sha256.toUpperCase()],
    ['is a path', 'sha256:../../../../etc/passwd'],
    ['names no algorithm', 'ab'.repeat(32)],
    ['names an algorithm that nobody registered', `blake3:${'ab'.repeat(32)}`],
    ['is no text', Buffer.from([0xff, 0, 0x80])],
    ['goes on after what would be a digest', sha256 + 'x'.repeat(1000)],
    ['has another link behind its end', `${sha256}${'\0'.repeat(300)}`],
  ])('%s', (_, content) => {
    const title = JSON.stringify(Buffer.from(content).toString('latin1').slice(0, 100))
    expect(read(content)).toEqual({ is: 'invalid', content: title })
  })

  it('is a directory', () => {
    mkdirSync(join(directory, 'directory'))
    expect(readLink(driver, join(directory, 'directory'))).toEqual({ is: 'invalid', content: 'a directory' })
  })
})

describe('a link is missing', () => {
  it('where there is nothing', () => {
    expect(readLink(driver, join(directory, 'nothing'))).toEqual({ is: 'missing' })
  })

  it('where a file stands in place of its directory', () => {
    writeFileSync(join(directory, 'file'), '')
    expect(readLink(driver, join(directory, 'file/link'))).toEqual({ is: 'missing' })
  })
})

describe('a link that cannot be read is neither', () => {
  it('where it is a symlink', () => {
    const path = join(directory, 'symlink')
    symlinkSync('other', path)
    expect(codeOf(() => readLink(driver, path))).toBe('SYMLINK')
    expect(readLink(new FilesystemDriver(true), path)).toMatchObject({ is: 'names' })
  })

  it('where it is a FIFO, followed or not', async () => {
    const path = join(directory, 'fifo')
    writeFileSync(path, '')
    await fifo(path, '')
    for (const follow of [false, true])
      expect(codeOf(() => readLink(new FilesystemDriver(follow), path))).toBe('STORE_MALFORMED')
  })
})

function read(content: string | Uint8Array): unknown {
  writeFileSync(join(directory, 'link'), content)
  return readLink(driver, join(directory, 'link'))
}

function codeOf(look: () => unknown): string {
  try {
    return `no error: ${JSON.stringify(look())}`
  } catch (error) {
    if (error instanceof StoreError) return error.code
    throw error
  }
}
