import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { regfsckHere } from '../../support/command/run-in-process.ts'
import { scratch } from '../../support/scratch.ts'

describe('where pins go', () => {
  let directory: string

  beforeEach(() => {
    directory = scratch()
    writeFileSync(join(directory, 'empty.yaml'), 'services:\n  web:\n    image: app:$TAG\n')
  })

  const pin = (...args: readonly string[]) => regfsckHere(['pin', '--from', join(directory, 'empty.yaml'), ...args])

  it('- is stdout, and no file', async () => {
    const usual = await pin()
    const ran = await pin('--write', '-')
    expect({ ...ran, took: 0 }).toEqual({ ...usual, took: 0 })
    expect(existsSync('-')).toBe(false)
    expect(readdirSync(directory)).toEqual(['empty.yaml'])
  })

  it.each([
    ['--rollback', '--rollback: works with --write FILE or --in-place'],
    ['--check', '--check: works with --write FILE; stdout has no pins'],
    ['--in-place', '--in-place: works without --write'],
  ])('- is refused where it would have to be a file: %s', async (flag, problem) => {
    const ran = await pin('--write', '-', flag)
    expect(ran.code).toBe(2)
    expect(ran.stderr.split('\n')).toContain(`regfsck: ${problem}`)
  })

  it('a file named - can be written', async () => {
    const ran = await pin('--write', join(directory, '-'), '--dry-run')
    expect(ran.stderr).not.toContain('--write')
  })
})

describe('- elsewhere', () => {
  it('is stdout of --output, once', async () => {
    const ran = await regfsckHere(['check', '--from', '/nonexistent.yaml', '--output', 'json=-'])
    expect(JSON.parse(ran.stdout)).toMatchObject({ verdict: 'incomplete' })
    expect(existsSync('-')).toBe(false)
    const twice = await regfsckHere(['check', '--from', '/nonexistent.yaml', '-o', 'json=-', '-o', 'table'])
    expect(twice.stderr).toContain('--output: only one format can go to stdout')
  })

  it('is no file for --state', async () => {
    const ran = await regfsckHere(['scan', '--state', '-', '/nonexistent'])
    expect(ran).toMatchObject({
      code: 2,
      stderr: 'regfsck: --state: works with a file, not with -; write ./- if that is its name\n',
    })
  })
})

describe('the table of pin', () => {
  it('says of a file that is not there what may be wrong', async () => {
    const ran = await regfsckHere(['pin', '--from', '/nonexistent.yaml'])
    expect(ran.code).toBe(3)
    expect(ran.stderr).toContain('what is deployed may still be broken')
    expect(ran.stderr).not.toContain('registry may still be damaged')
  })
})
