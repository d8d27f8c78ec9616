import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, realpathSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'

const AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt'

/** All that the build stage calls, npm and Node aside. */
const TOOLS = ['sh', 'env', 'mkdir', 'mv', 'tar', 'gzip', 'find', 'chmod']

/**
 * Stands in for a base image to run in: this machine's Node and what it loads. No shell, no package manager.
 *
 * It shows that the image needs nothing else; not that it runs on the real base.
 */
export function runtimeTree(tree: string): void {
  mkdirSync(join(tree, 'tmp'), { recursive: true })
  put(tree, process.execPath, '/usr/local/bin/node')
  copy(AUTHORITIES, join(tree, AUTHORITIES))
}

/** Stands in for the base image to build in: the same with npm, a shell, and the tools that the Dockerfile calls. */
export function buildTree(tree: string): void {
  runtimeTree(tree)
  for (const tool of TOOLS) put(tree, which(tool), `/usr/bin/${tool}`)
  put(tree, which('sh'), '/bin/sh')
  const npm = dirname(dirname(realpathSync(which('npm'))))
  cpSync(npm, join(tree, 'usr/local/lib/node_modules/npm'), { recursive: true })
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(tree, 'usr/local/bin/npm'))
}

/** How npm in there finds the packages that this machine's npm has already. */
export function npmSettings(): Record<string, string> {
  return {
    npm_config_registry: npm('config', 'get', 'registry'),
    npm_config_prefer_offline: 'true',
    npm_config_cafile: AUTHORITIES,
  }
}

export function npmCache(): string {
  return npm('config', 'get', 'cache')
}

/** A program and every library that the loader would give it. */
function put(tree: string, program: string, as: string): void {
  copy(program, join(tree, as))
  const output = execFileSync('ldd', [program], { encoding: 'utf8' })
  for (const [library] of output.matchAll(/(?<=\s)\/\S+/g)) copy(library, join(tree, library))
}

function copy(from: string, to: string): void {
  cpSync(realpathSync(from), to, { force: true })
}

function which(command: string): string {
  return execFileSync('sh', ['-c', 'command -v "$1"', 'sh', command], { encoding: 'utf8' }).trim()
}

function npm(...words: readonly string[]): string {
  return execFileSync('npm', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
}
