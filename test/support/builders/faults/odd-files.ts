import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getuid } from 'node:process'

/** Puts something odd in place of a file or directory. What stood there is moved aside or removed. */
export type Replace = (path: string, aside: string) => Promise<void>

/** A symbolic link to what stood there, which is now outside of the registry. */
export const symlinkAside: Replace = async (path, aside) => {
  mkdirSync(aside, { recursive: true })
  const moved = mkdtempSync(join(aside, 'moved-'))
  renameSync(path, join(moved, 'thing'))
  symlinkSync(join(moved, 'thing'), path)
}

export const symlinkToItself: Replace = async (path) => {
  rmSync(path, { recursive: true })
  symlinkSync(path, path)
}

export const fifo: Replace = async (path) => {
  rmSync(path, { recursive: true })
  execFileSync('mkfifo', ['-m', '644', path])
}

/** `/dev/zero`, which has no end. Only root may make one. */
export const device: Replace = async (path) => {
  rmSync(path, { recursive: true })
  execFileSync('mknod', ['-m', '644', path, 'c', '1', '5'])
}

/** Paths of sockets are short: it is made elsewhere and moved. */
export const socket: Replace = async (path) => {
  rmSync(path, { recursive: true })
  const made = join(mkdtempSync(join(tmpdir(), 's-')), 's')
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(made, resolve))
  renameSync(made, path)
  await new Promise((resolve) => server.close(resolve))
  rmSync(join(made, '..'), { recursive: true })
}

/** A symbolic link to something odd. */
export function symlinkTo(odd: Replace): Replace {
  return async (path, aside) => {
    await symlinkAside(path, aside)
    const moved = mkdtempSync(join(aside, 'odd-'))
    mkdirSync(join(moved, 'thing'))
    await odd(join(moved, 'thing'), aside)
    rmSync(path)
    symlinkSync(join(moved, 'thing'), path)
  }
}

export const isRoot: boolean = getuid?.() === 0
