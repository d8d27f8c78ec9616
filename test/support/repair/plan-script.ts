import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BIN, type Ran, regfsck } from '../command/run.ts'

export interface PlanScript {
  readonly file: string
  readonly text: string
  /** What the scan that wrote it said; JSON on stdout. */
  readonly scan: Ran
}

export interface ScriptRun {
  readonly code: number | null
  /** Both streams, as a terminal shows them. */
  readonly output: string
}

/** Have a scan at full depth write the script. */
export async function planOf(target: string, directory: string, flags: readonly string[] = []): Promise<PlanScript> {
  mkdirSync(directory, { recursive: true })
  const file = join(directory, 'repair.sh')
  const outputs = ['--output', 'json', '--output', `repair=${file}`]
  const scan = await regfsck(['scan', '--depth', 'content', '--recheck-delay', '0', ...outputs, ...flags, target])
  return { file, text: readFileSync(file, 'utf8'), scan }
}

/** What ShellCheck says about it; empty where it has nothing to say. */
export function shellcheck(file: string): string {
  const { stdout, stderr, error } = spawnSync('shellcheck', ['--norc', file], { encoding: 'utf8' })
  return error ? String(error) : `${stdout}${stderr}`
}

/**
 * Run it as a person does who has regfsck installed.
 *
 * @param env what the script says that it needs
 * @param where.regfsck an executable in place of the built command
 */
export async function runScript(
  { file }: Pick<PlanScript, 'file'>,
  env: Readonly<Record<string, string>>,
  { directory, regfsck: command }: { readonly directory: string; readonly regfsck?: string | undefined },
): Promise<ScriptRun> {
  const [bin, home] = [join(directory, 'bin'), join(directory, 'home')]
  for (const each of [bin, home]) mkdirSync(each, { recursive: true })
  const text = command === undefined ? `'${process.execPath}' '${BIN}'` : `'${command}'`
  writeFileSync(join(bin, 'regfsck'), `#!/bin/sh\nexec ${text} "$@"\n`, { mode: 0o755 })
  const said = join(directory, 'said')
  const output = openSync(said, 'ax')
  const child = spawn('bash', [file], {
    env: { PATH: `${bin}:${process.env['PATH'] ?? ''}`, HOME: home, ...env },
    cwd: home,
    // A file, whose end both streams are written to: a pipe of Node's is a socket, which no other process can open.
    stdio: ['ignore', output, output],
  })
  try {
    const [code]: (number | null)[] = await once(child, 'close')
    return { code: code ?? null, output: readFileSync(said, 'utf8') }
  } finally {
    closeSync(output)
    rmSync(said)
  }
}
