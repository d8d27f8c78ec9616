import { spawnSync } from 'node:child_process'
import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os'
import { GIBIBYTE } from './content.ts'

/** What the figures were measured on, for people, one item a line. `directory` is where the trees are. */
export function machine(directory: string): string {
  const memory = Math.round(totalmem() / GIBIBYTE)
  return [
    `- ${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, ${memory} GiB`,
    `- ${platform()} ${release()} (${arch()}), trees on ${firstLine('df', '--output=fstype', directory)}`,
    `- Node ${process.version}, ${firstLine('find', '--version')}, ${firstLine('openssl', 'version')}`,
    `- ${firstLine('docker-registry', '--version')}; ${firstLine('sha256sum', '--version')}`,
  ].join('\n')
}

/** The last line of `df` is the value under its heading; programs name themselves in the first. */
function firstLine(program: string, ...args: string[]): string {
  const lines = spawnSync(program, args, { encoding: 'utf8' }).stdout?.trim().split('\n')
  return (program === 'df' ? lines?.at(-1) : lines?.[0])?.trim() ?? `no ${program}`
}
