import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const FIXTURES = fileURLToPath(new URL('../../../fixtures/', import.meta.url))
const unpacked = new Map<string, string>()

process.once('exit', () => {
  for (const directory of unpacked.values()) rmSync(directory, { recursive: true, force: true })
})

/**
 * The storage root of a fixture, for reading only.
 *
 * A tree is read where git put it; a `.tar` is unpacked once per process, into a directory of the fixture's name, and removed at the end.
 */
export function fixture(name: string): string {
  const tree = join(FIXTURES, name)
  if (existsSync(tree)) return tree
  const known = unpacked.get(name)
  if (known !== undefined) return join(known, name)
  const directory = mkdtempSync(join(tmpdir(), 'regfsck-unpacked-'))
  unpacked.set(name, directory)
  unpack(name, join(directory, name))
  return join(directory, name)
}

/** A copy of a fixture that the caller may change, at `directory`, which must not exist yet. */
export function copyOfFixture(name: string, directory: string): string {
  const tree = join(FIXTURES, name)
  if (existsSync(tree)) execFileSync('cp', ['-a', tree, directory])
  else unpack(name, directory)
  return directory
}

function unpack(name: string, directory: string): void {
  execFileSync('mkdir', ['-p', directory])
  execFileSync('tar', ['-xf', `${join(FIXTURES, name)}.tar`, '-C', directory])
}
