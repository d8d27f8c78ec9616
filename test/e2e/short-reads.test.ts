import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { copyOfFixture } from '../support/builders/fixtures.ts'
import { scanJson, targetIn } from '../support/command/run.ts'
import { scratch } from '../support/scratch.ts'

const hasCompiler = spawnSync('gcc', ['--version']).status === 0

describe.skipIf(!hasCompiler)('on a file system whose reads are short and whose entries have no type', () => {
  const directory = scratch()
  const shim = join(directory, 'short-reads.so')
  const source = fileURLToPath(new URL('../support/command/short-reads.c', import.meta.url))

  it('a whole image is intact, and a damaged one is damaged', async () => {
    execFileSync('gcc', ['-shared', '-fPIC', '-o', shim, source, '-ldl'])
    const env = { LD_PRELOAD: shim }
    const whole = copyOfFixture('lawful-artifact', join(directory, 'whole'))
    const damaged = copyOfFixture('layer-blob-missing', join(directory, 'damaged'))
    const ran = await scanJson([whole], ['--depth=content'], { env })
    expect(ran.code, ran.stdout + ran.stderr).toBe(0)
    expect(targetIn(ran).totals).toEqual(targetIn(await scanJson([whole], ['--depth=content'])).totals)
    expect(targetIn(await scanJson([damaged], [], { env })).findings).toHaveLength(1)
  })

  it('one deletion during a listing leaves the rest of it', async () => {
    const root = copyOfFixture('lawful-artifact', join(directory, 'deleted'))
    const before = targetIn(await scanJson([root])).totals
    mkdirSync(join(root, 'docker/registry/v2/repositories/gone'))
    const ran = await scanJson([root], [], { env: { LD_PRELOAD: shim, GONE: 'gone' } })
    expect(ran.code, ran.stdout + ran.stderr).toBe(0)
    expect(targetIn(ran).totals).toEqual(before)
  })
})
