import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const UNITS = fileURLToPath(new URL('../../contrib/systemd/', import.meta.url))

/** What a unit file says under a name, in order. */
export function settings(file: string, name: string): string[] {
  const text = readFileSync(join(UNITS, file), 'utf8')
  return text.split('\n').flatMap((line) => (line.startsWith(`${name}=`) ? [line.slice(name.length + 1)] : []))
}

/** The variables of an environment file. */
export function environment(file: string): Record<string, string> {
  const lines = readFileSync(join(UNITS, file), 'utf8').split('\n')
  const pairs = lines.filter((line) => /^[A-Z_]+=/.test(line)).map((line) => line.split(/=(.*)/s, 2))
  return Object.fromEntries(pairs)
}

/** Whether systemd's own checks can be run here. */
export function hasSystemdAnalyze(): boolean {
  return spawnSync('systemd-analyze', ['--version']).error === undefined
}

/**
 * The units as they are after an installation, in one directory: `regfsck` is a command that exists, instances have
 * their own files, every example of a drop-in is in force.
 *
 * @param change what to do to the text of each file
 * @returns their paths
 */
export function installed(directory: string, change: (text: string) => string = (text) => text): string[] {
  const command = join(directory, 'regfsck')
  mkdirSync(directory)
  writeFileSync(command, '#!/bin/sh\n')
  chmodSync(command, 0o755)
  for (const [kind, examples] of [
    ['service', ['credentials.conf', 'registry-group.conf']],
    ['timer', ['weekly.conf']],
  ] as const) {
    const dropIns = join(directory, `regfsck-scan@private.${kind}.d`)
    mkdirSync(dropIns)
    for (const example of examples) cpSync(join(UNITS, 'examples', example), join(dropIns, example))
  }
  return readdirSync(UNITS)
    .filter((file) => /\.(?:service|timer)$/.test(file))
    .map((file) => {
      const path = join(directory, file.replace('@.', '@private.'))
      const text = readFileSync(join(UNITS, file), 'utf8').replace('ExecStart=regfsck', () => `ExecStart=${command}`)
      writeFileSync(path, change(text))
      return path
    })
}

/** What systemd has against these units; nothing where it takes them. */
export function complaints(paths: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', ...paths], { encoding: 'utf8' })
  const said = `${stdout}${stderr}`.trim()
  return said === '' && status !== 0 ? `exit ${status}` : said
}

/** How much a service could do to the machine, from 0 to 10, as systemd counts it. */
export function exposure(path: string): number {
  const words = ['security', '--no-pager', '--offline=true', path]
  const { stdout } = spawnSync('systemd-analyze', words, { encoding: 'utf8' })
  return Number(/Overall exposure level .*: ([\d.]+)/.exec(stdout)?.[1] ?? Number.NaN)
}

/** The system calls that a filter of systemd's names, its groups resolved. */
export function callsOf(group: string): Set<string> {
  const { stdout } = spawnSync('systemd-analyze', ['syscall-filter', group], { encoding: 'utf8' })
  const names = [...stdout.matchAll(/^\s+(@?[\w-]+)/gm)].map(([, name = '']) => name)
  return new Set(names.flatMap((name) => (name.startsWith('@') ? [...callsOf(name)] : [name])))
}
