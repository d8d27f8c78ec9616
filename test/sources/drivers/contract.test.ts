import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { FilesystemDriver } from '../../../src/sources/drivers/filesystem/driver.ts'
import { describeStorageDriver } from '../../support/contracts/storage-driver.ts'
import { scratch } from '../../support/scratch.ts'
import { ObjectStorage } from '../../support/simulated/object-storage.ts'

const directory = scratch()

describeStorageDriver('a file system', {
  open: () => {
    const write = (path: string, bytes: Uint8Array): void => {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, bytes)
    }
    return {
      root: mkdtempSync(join(directory, 'root-')),
      driver: () => new FilesystemDriver(false),
      write,
      remove: (path) => rmSync(path),
      bar: (path) => {
        rmSync(path)
        symlinkSync(basename(path), path)
        return 'SYMLINK'
      },
    }
  },
})

describeStorageDriver('an object store', {
  open: () => {
    const storage = new ObjectStorage()
    return {
      root: '/bucket',
      driver: () => storage.driver(),
      write: (path, bytes) => void storage.objects.set(path, bytes),
      remove: (path) => void storage.objects.delete(path),
      bar: (path) => {
        storage.unreadable.set(path, 'STORE_DENIED')
        return 'STORE_DENIED'
      },
    }
  },
})
