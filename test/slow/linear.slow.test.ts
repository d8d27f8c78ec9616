import { spawn } from 'node:child_process'
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { image } from '../support/builders/images.ts'
import { writeStorage } from '../support/builders/write-storage.ts'
import { BIN, regfsck, targetIn } from '../support/command/run.ts'
import { scratch } from '../support/scratch.ts'
import { MemoryRegistry } from '../support/simulated/memory-registry.ts'

const FORMATS = ['table', 'json', 'ndjson', 'junit', 'markdown', 'html', 'sarif', 'prometheus']
const HASTE = ['--recheck-delay', '0s', '--fail-on', 'never']
const LIMIT = { limit: 300_000 }

/** One repository with a whole image, and so many tags that lead nowhere. */
function danglingTags(many: number): string {
  const root = scratch()
  const registry = new MemoryRegistry()
  registry.push('app', image('whole'), 'whole')
  writeStorage(registry, root)
  const tags = join(root, 'docker/registry/v2/repositories/app/_manifests/tags')
  for (let n = 0; n < many; n++) mkdirSync(join(tags, `t${n}/current`), { recursive: true })
  return root
}

async function seconds(args: readonly string[]): Promise<number> {
  const { code, took, stderr } = await regfsck(['scan', ...HASTE, ...args], LIMIT)
  expect(`${code} ${stderr}`).toBe('0 ')
  return took / 1000
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN
}

describe('ten times as much that is wrong takes at most eleven times as long', () => {
  let few: string
  let many: string

  beforeAll(() => {
    few = danglingTags(2_000)
    many = danglingTags(20_000)
  })

  it.each(FORMATS)('to report 20,000 dangling tags as %s', async (format) => {
    const ratios: number[] = []
    for (let n = 0; n < 3; n++) {
      const short = await seconds(['--output', format, few])
      ratios.push((await seconds(['--output', format, many])) / short)
    }
    expect(median(ratios)).toBeLessThan(11)
  })

  it('to remember them', async () => {
    const home = scratch()
    const times = async (root: string): Promise<number> => {
      const state = ['--state', join(home, `${root.length}-${root.slice(-6)}.json`)]
      await seconds([...state, root])
      return seconds([...state, root])
    }
    const short = await times(few)
    expect((await times(many)) / short).toBeLessThan(11)
  })
})

describe('a signal', () => {
  it.each(['table', 'json', 'html'])(
    'ends a report of 40,000 dangling tags as %s within 5 s, whenever it comes',
    async (format) => {
      const root = danglingTags(40_000)
      const whole = await seconds(['--output', format, root])
      for (const share of [0.3, 0.6, 0.8, 0.95]) {
        const child = spawn(process.execPath, [BIN, 'scan', ...HASTE, '--output', format, root], { stdio: 'ignore' })
        await new Promise((resolve) => setTimeout(resolve, whole * share * 1000))
        const sent = performance.now()
        child.kill('SIGTERM')
        const ended = await new Promise<number>((resolve) => {
          if (child.exitCode !== null || child.signalCode !== null) resolve(performance.now())
          child.once('exit', () => {
            resolve(performance.now())
          })
        })
        expect(ended - sent).toBeLessThan(5_000)
      }
    },
  )
})

describe('a list too long to be the arguments of a call does not end a scan', () => {
  it('of blobs that nothing needs', async () => {
    const root = danglingTags(0)
    const blobs = join(root, 'docker/registry/v2/blobs/sha256')
    for (let n = 0; n < 130_000; n++) {
      const encoded = n.toString(16).padStart(64, '0')
      const home = join(blobs, encoded.slice(0, 2), encoded)
      mkdirSync(home, { recursive: true })
      writeFileSync(join(home, 'data'), 'x')
      utimesSync(join(home, 'data'), 1e9, 1e9)
    }
    const ran = await regfsck(['scan', ...HASTE, '--garbage', '--output', 'json', root], LIMIT)
    expect(ran.code).toBe(0)
    expect(targetIn(ran).findings).toHaveLength(130_000)
  })

  it('of directories among the repositories', async () => {
    const root = danglingTags(0)
    for (let n = 0; n < 130_000; n++) mkdirSync(join(root, `docker/registry/v2/repositories/d${n}`))
    const ran = await regfsck(['scan', ...HASTE, '--output', 'json', root], LIMIT)
    expect(ran.code).toBe(0)
    expect(targetIn(ran).totals?.tags).toMatchObject({ intact: 1 })
  })
})
