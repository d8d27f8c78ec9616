import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { expect, it } from 'vitest'
import type { RunMetrics } from '../../src/metrics/metrics.ts'
import { finding, metricsFor, summary, target } from '../metrics/events.ts'
import { scratch } from '../support/scratch.ts'

const KILLS = 200
/** Writers at one time, each in a directory of its own. */
const LANES = 4
/** Milliseconds; a round of writing takes less. */
const LATEST = 12

const SOURCE = fileURLToPath(new URL('../../src/', import.meta.url))
const BUNDLE = { bundle: true, platform: 'node', format: 'esm' } as const
const WRITER = `
  import { readFileSync } from 'node:fs'
  import { writeWholeFile } from './cli/files/whole-file.ts'
  import { writeTextfiles } from './metrics/textfile.ts'
  const [, , file, directory] = process.argv
  const runs = JSON.parse(readFileSync(file, 'utf8'))
  for (let n = 0; ; n++) {
    for (const problem of writeTextfiles(runs[n % runs.length], directory, writeWholeFile)) throw new Error(problem)
    if (n === 0) process.stdout.write('written')
  }
`

it(`files are whole-old or whole-new, killed at ${KILLS} random moments`, { timeout: 120_000 }, async () => {
  const runs = await twoRuns()
  const work = scratch()
  const [file, writer] = [join(work, 'runs.json'), join(work, 'writer.mjs')]
  writeFileSync(file, JSON.stringify(runs))
  await build({ ...BUNDLE, stdin: { contents: WRITER, resolveDir: SOURCE }, outfile: writer })
  const allowed = {
    'lab.run.prom': new Set(runs.map(({ targets }) => targets[0]?.run ?? '')),
    'lab.result.prom': new Set(runs.map(({ targets }) => (targets[0]?.is === 'complete' ? targets[0].result : ''))),
  }
  const seen = new Set<string>()
  const torn: string[] = []
  const lane = async (home: string): Promise<void> => {
    for (let n = 0; n < KILLS / LANES; n++) {
      await killedWhileWriting([writer, file, home], Math.random() * LATEST)
      for (const [name, texts] of Object.entries(allowed)) {
        const text = readFileSync(join(home, name), 'utf8')
        seen.add(text)
        if (!texts.has(text)) torn.push(`${name} after kill ${n}: ${text.length} characters`)
      }
    }
  }
  const homes = Array.from({ length: LANES }, scratch)
  await Promise.all(homes.map(lane))
  expect(torn).toEqual([])
  // The kills fell between different writes, and now and then on one.
  expect(seen.size).toBe(4)
  expect(homes.flatMap((home) => readdirSync(home)).some((name) => name.endsWith('.tmp'))).toBe(true)
})

/** Long enough for a write to be interrupted. */
async function twoRuns(): Promise<readonly RunMetrics[]> {
  const many = Array.from({ length: 2000 }, (_, n) => finding({ repository: `team/app-${n}` }))
  const options = { worst: 2000, interval: 900 }
  return [
    await metricsFor([target(), ...many, summary()], options),
    await metricsFor([target({ depth: 'content' }), ...many.slice(1000), summary()], options),
  ]
}

async function killedWhileWriting(command: readonly string[], delay: number): Promise<void> {
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'close')
  await Promise.race([once(child.stdout, 'data'), ended])
  await sleep(delay)
  child.kill('SIGKILL')
  const [, signal] = await ended
  expect(signal).toBe('SIGKILL')
}
