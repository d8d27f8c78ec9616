import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { otherStorage } from '../damaged-storage.ts'
import { storagePaths } from '../storage-paths.ts'
import { STORAGE_LOSSES, type StorageLoss } from './storage-losses.ts'

/** A way for storage to be put at a place, and to go away from there. */
export interface StagedLoss extends StorageLoss {
  /** What takes its place is another registry, which is whole: a scan that begins after it is right to say so. */
  readonly leavesRegistry?: true
  /** Put a copy of a storage directory at `root`, all at once; it must not exist yet. */
  stage(template: string, root: string): Promise<void>
}

const run = promisify(execFile)

/** Storage that is moved away. */
export const MOVES: readonly StagedLoss[] = STORAGE_LOSSES.map((loss) => ({ ...loss, stage: copied }))

/** Storage that is unmounted, or that something is mounted over. Only root can do that. */
export const MOUNTS: readonly StagedLoss[] = [
  {
    name: 'the root, a bind mount, unmounted',
    async stage(template, root) {
      await copied(template, `${root}.store`)
      mkdirSync(root)
      await run('mount', ['--bind', `${root}.store`, root])
    },
    vanish: unmount,
  },
  {
    name: 'the root, a file system of its own, unmounted',
    async stage(template, root) {
      const store = `${root}.mounting`
      mkdirSync(store)
      await run('mount', ['-t', 'tmpfs', 'tmpfs', store])
      await run('cp', ['-a', `${template}/.`, store])
      mkdirSync(root)
      await run('mount', ['--bind', store, root])
      await run('umount', ['-l', store])
    },
    vanish: unmount,
  },
  mountedPart('docker/', (root) => join(root, 'docker')),
  mountedPart('blobs/', (root) => storagePaths(root).blobs),
  mountedPart('repositories/', (root) => storagePaths(root).repositories),
  covered('the root', (root) => root),
  covered('blobs/', (root) => storagePaths(root).blobs),
  covered('repositories/', (root) => storagePaths(root).repositories),
  {
    name: 'another registry mounted over the root',
    leavesRegistry: true,
    async stage(template, root) {
      otherStorage(`${root}.other`)
      await copied(template, root)
    },
    vanish: (root) => void execFileSync('mount', ['--bind', `${root}.other`, root]),
  },
]

/** Whether this process may mount file systems, which in most containers not even root may. */
export function canMount(): boolean {
  const place = mkdtempSync(join(tmpdir(), 'regfsck-mount-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', place], { stdio: 'ignore' })
    unmount(place)
    return true
  } catch {
    return false
  } finally {
    rmSync(place, { recursive: true })
  }
}

/** Unmount all that is mounted below a directory, and remove what is in it. */
export async function cleared(directory: string): Promise<void> {
  unmountBelow(directory)
  // First out of the way, all at once: a scan that begins now finds nothing, not the half of it.
  const old = join(dirname(directory), `${basename(directory)}.old`)
  await rename(directory, old)
  mkdirSync(directory)
  await rm(old, { recursive: true, maxRetries: 3 })
}

export function unmountBelow(directory: string): void {
  const places = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((place) => place.startsWith(`${directory}/`))
  for (const place of places.reverse()) unmount(place)
}

/** Hard links: a copy of a thousand files in a tenth of a second. */
export async function copied(template: string, root: string): Promise<void> {
  await run('cp', ['-al', template, `${root}.copying`])
  renameSync(`${root}.copying`, root)
}

function unmount(place: string): void {
  execFileSync('umount', ['-l', place])
}

function mountedPart(name: string, of: (root: string) => string): StagedLoss {
  return {
    name: `${name}, a bind mount, unmounted`,
    async stage(template, root) {
      const making = `${root}.making`
      await copied(template, making)
      const part = of(making)
      renameSync(part, `${root}.part`)
      mkdirSync(part)
      await run('mount', ['--bind', `${root}.part`, part])
      renameSync(making, root)
    },
    vanish: (root) => {
      unmount(of(root))
    },
  }
}

function covered(name: string, of: (root: string) => string): StagedLoss {
  return {
    name: `an empty file system mounted over ${name}`,
    stage: copied,
    vanish: (root) => void execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', of(root)]),
  }
}
