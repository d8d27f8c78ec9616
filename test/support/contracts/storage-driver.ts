import { describe, expect, it } from 'vitest'
import { StoreError, type StoreErrorCode } from '../../../src/check/store-error.ts'
import type { StorageDriver } from '../../../src/sources/distribution/driver.ts'
import { whenFetched } from '../../../src/sources/distribution/when-fetched.ts'
import { contentOf, digestOf } from '../builders/images.ts'

/** One kind of storage: what a driver's tests bring to run the contract of the port. */
export interface DriverHarness {
  /** Storage that has nothing yet, and what is done to it. */
  open(): OpenStorage | Promise<OpenStorage>
}

export interface OpenStorage {
  /** Exists, with something in it. Every path below is made of it. */
  readonly root: string
  driver(): StorageDriver
  write(path: string, bytes: Uint8Array): void
  remove(path: string): void
  /** From now on nobody can tell what is at a path: @returns what its driver says */
  bar(path: string): StoreErrorCode
}

const [SMALL, LARGE] = [contentOf('small', 100), contentOf('large', 3 * 1024 * 1024 + 17)]
const never = () => false

/** The promises of {@link StorageDriver} that hold for every kind of storage. */
export function describeStorageDriver(name: string, harness: DriverHarness): void {
  /** Storage with a file, a large one, an empty one, and a directory in a directory. */
  const filled = async () => {
    const storage = await harness.open()
    const at = (path: string): string => `${storage.root}/${path}`
    storage.write(at('file'), SMALL)
    storage.write(at('large'), LARGE)
    storage.write(at('empty'), Buffer.of())
    storage.write(at('directory/below/file'), SMALL)
    return { storage, at, ask: askedOf(storage) }
  }

  describe(`${name}: what is at a path`, () => {
    it.each([
      ['file', { is: 'file', size: 100 }],
      ['empty', { is: 'file', size: 0 }],
      ['large', { is: 'file', size: LARGE.length }],
      ['directory', { is: 'directory' }],
      ['directory/below', { is: 'directory' }],
      ['nothing', undefined],
      ['nothing/below', undefined],
      ['file/below', undefined],
      // Is no prefix of a name, but the start of one.
      ['direct', undefined],
    ])('%s is %o', async (path, what) => {
      const { at, ask } = await filled()
      const stat = await ask((driver) => driver.stat(at(path)))
      if (what) expect(stat).toMatchObject(what)
      else expect(stat).toBeUndefined()
      expect(await ask((driver) => driver.exists(at(path)))).toBe(what !== undefined)
    })
  })

  describe(`${name}: a directory`, () => {
    it('has the names that are in it, and not those below', async () => {
      const { storage, ask } = await filled()
      expect(sorted(await ask((driver) => driver.list(storage.root)))).toEqual({
        directories: ['directory'],
        files: ['empty', 'file', 'large'],
        unreadable: [],
      })
    })

    it.each(['nothing', 'file', 'file/below'])('%s is none', async (path) => {
      const { at, ask } = await filled()
      expect(await ask((driver) => driver.list(at(path)))).toBeUndefined()
      expect(await ask((driver) => driver.identity(at(path)))).toBeUndefined()
      expect(await ask((driver) => driver.isEmpty(at(path)))).toBe(true)
    })

    it('stays itself while something in it changes, and is not empty', async () => {
      const { storage, at, ask } = await filled()
      const before = await ask((driver) => driver.identity(at('directory')))
      storage.write(at('directory/more'), SMALL)
      expect(before).toBeTypeOf('string')
      expect(await ask((driver) => driver.identity(at('directory')))).toBe(before)
      expect(await ask((driver) => driver.isEmpty(at('directory')))).toBe(false)
    })

    it('differs from that of others', async () => {
      const { at, ask } = await filled()
      const identity = (path: string) => ask((driver) => driver.identity(at(path)))
      expect(await identity('directory')).not.toBe(await identity('directory/below'))
    })

    it.each([
      'with blanks',
      '.hidden',
      '-dash',
      'ünïcödé 漢字',
      'line\nfeed',
      '100%25',
      'quote\'"',
      '..2',
      'a+b&c=d?#',
    ])('may hold a name such as %j', async (odd) => {
      const { storage, at, ask } = await filled()
      storage.write(at(`odd/${odd}`), SMALL)
      storage.write(at(`odd/in ${odd}/file`), SMALL)
      expect(sorted(await ask((driver) => driver.list(at('odd'))))).toEqual({
        directories: [`in ${odd}`],
        files: [odd],
        unreadable: [],
      })
      expect(await ask((driver) => driver.stat(at(`odd/${odd}`)))).toMatchObject({ is: 'file', size: 100 })
    })
  })

  describe(`${name}: the bytes of a file`, () => {
    it.each([
      ['file', 1000, 100],
      ['file', 100, 100],
      ['file', 7, 7],
      ['empty', 10, 0],
      ['large', 5 * 1024 * 1024, LARGE.length],
      ['large', 1024, 1024],
    ])('of %s fill a buffer of %i bytes with %i', async (path, room, bytes) => {
      const { at, ask } = await filled()
      const into = new Uint8Array(room)
      expect(await ask((driver) => driver.read(at(path), into))).toBe(bytes)
      const content = path === 'large' ? LARGE : SMALL
      expect(Buffer.compare(into.subarray(0, bytes), content.subarray(0, bytes))).toBe(0)
    })

    it.each([
      ['nothing', 'missing'],
      ['file/below', 'missing'],
      ['directory', 'directory'],
    ])('are not those of %s: %s', async (path, why) => {
      const { at, ask } = await filled()
      expect(await ask((driver) => driver.read(at(path), new Uint8Array(10)))).toBe(why)
      expect(await ask((driver) => driver.hash(at(path), 'sha256', never))).toBeUndefined()
    })

    it('are hashed whole', async () => {
      const { at, ask } = await filled()
      const hash = (path: string) => ask((driver) => driver.hash(at(path), 'sha512', never))
      expect(await hash('large')).toEqual({ measured: digestOf(LARGE, 'sha512'), bytes: LARGE.length })
      expect(await hash('empty')).toEqual({ measured: digestOf(Buffer.of(), 'sha512'), bytes: 0 })
    })

    it('are given up where nobody waits for them any more', async () => {
      const { at, ask } = await filled()
      const code = codeOf(ask((driver) => driver.hash(at('large'), 'sha256', () => true)))
      expect(await code).toBe('STORE_READ_FAILED')
    })

    it('are known to be a text, if at all, only where they are', async () => {
      const { storage, at, ask } = await filled()
      storage.write(at('text'), Buffer.from('a text'))
      const holds = (path: string, text: string) => ask((driver) => driver.holds?.(at(path), text) ?? 'by reading only')
      expect([true, 'by reading only']).toContain(await holds('text', 'a text'))
      expect(await holds('text', 'a test')).not.toBe(true)
      expect(await holds('nothing', '')).not.toBe(true)
    })
  })

  describe(`${name}: what changes meanwhile`, () => {
    it('is seen by the next driver', async () => {
      const { storage, at, ask } = await filled()
      storage.write(at('file'), Buffer.from('other bytes'))
      storage.remove(at('empty'))
      expect(await ask((driver) => driver.stat(at('file')))).toMatchObject({ size: 11 })
      expect(await ask((driver) => driver.stat(at('empty')))).toBeUndefined()
      const into = Buffer.alloc(20)
      expect(await ask((driver) => driver.read(at('file'), into))).toBe(11)
      expect(into.toString('latin1', 0, 11)).toBe('other bytes')
    })

    it.each(['grows', 'shrinks', 'vanishes'])('gives bytes that were there, or none, where it %s', async (how) => {
      const { storage, at } = await filled()
      const driver = storage.driver()
      await whenFetched(() => driver.stat(at('file')))
      const now = { grows: LARGE, shrinks: SMALL.subarray(0, 3), vanishes: undefined }[how]
      if (now) storage.write(at('file'), now)
      else storage.remove(at('file'))
      const into = Buffer.alloc(LARGE.length + 1)
      const read = await whenFetched(() => driver.read(at('file'), into))
      expect(typeof read === 'number' ? Buffer.compare(into.subarray(0, read), now ?? SMALL) : read).toBe(
        now ? 0 : 'missing',
      )
    })
  })

  describe(`${name}: what nobody can read`, () => {
    it('is a StoreError with its place, whatever is asked, and never absent', async () => {
      const { storage, at, ask } = await filled()
      const code = storage.bar(at('file'))
      const questions: ((driver: StorageDriver) => unknown)[] = [
        (driver: StorageDriver) => driver.stat(at('file')),
        (driver: StorageDriver) => driver.read(at('file'), new Uint8Array(10)),
        (driver: StorageDriver) => driver.hash(at('file'), 'sha256', never),
      ]
      for (const question of questions)
        await expect(ask(question)).rejects.toMatchObject({ name: 'StoreError', code, place: at('file') })
      expect(await ask((driver) => driver.stat(at('empty')))).toMatchObject({ is: 'file' })
    })
  })
}

/** Asks a new driver each question. */
function askedOf(storage: OpenStorage): <T>(ask: (driver: StorageDriver) => T) => Promise<T> {
  return (ask) => {
    const driver = storage.driver()
    return whenFetched(() => ask(driver))
  }
}

function sorted(entries: ReturnType<StorageDriver['list']>): unknown {
  return entries && { ...entries, directories: [...entries.directories].sort(), files: [...entries.files].sort() }
}

async function codeOf(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof StoreError) return error.code
    throw error
  }
}
