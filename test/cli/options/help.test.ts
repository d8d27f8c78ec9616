import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { regfsckHere } from '../../support/command/run-in-process.ts'

describe('help', () => {
  it.each([['--help'], ['-h'], ['help']])('%s names every command on stdout', async (flag) => {
    const { code, stdout, stderr } = await regfsckHere([flag])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^ {2}scan /m)
    expect(stdout).toMatch(/^ {2}explain /m)
  })

  it('is what no arguments at all get, and no success for a pipeline that forgot them', async () => {
    const { code, stdout, stderr } = await regfsckHere([])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^ {2}scan /m)
  })

  it('says in words what each depth does not see, and what the exit codes mean', async () => {
    const { code, stdout } = await regfsckHere(['scan', '--help'])
    const text = stdout.replaceAll(/\s+/g, ' ')
    expect(code).toBe(0)
    expect(text).toContain('does not see blobs')
    expect(text).toContain('does not see altered bytes of equal size')
    for (const exit of ['2', '130, 143', '5', '1', '4', '3', '0'])
      expect(stdout).toMatch(new RegExp(`^ {2}${exit} {2,}`, 'm'))
  })

  it('prints the version', async () => {
    for (const flag of ['--version', '-V'])
      expect(await regfsckHere([flag])).toMatchObject({ code: 0, stdout: '0.0.0\n' })
  })
})

describe('explain', () => {
  const codes = ['findings', 'verdicts', 'unchecked'].flatMap((room) =>
    readdirSync(fileURLToPath(new URL(`../../../docs/${room}/`, import.meta.url)))
      .filter((page) => page !== 'README.md')
      .map((page) => page.replace('.md', '')),
  )

  it('takes no overview of pages for a code', async () => {
    expect(await regfsckHere(['explain', 'README'])).toMatchObject({ code: 2, stdout: '' })
    expect((await regfsckHere(['explain'])).stdout).not.toMatch(/^ {2}README/m)
  })

  it('lists every code with a sentence', async () => {
    const { code, stdout, stderr } = await regfsckHere(['explain'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const each of codes) expect(stdout).toMatch(new RegExp(`^  ${each} +\\S.{10,}\\.$`, 'm'))
  })

  it.each(codes)('explains what %s means', async (each) => {
    const { code, stdout, stderr } = await regfsckHere(['explain', each])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(new RegExp(`^# ${each}\n\n\\S`))
  })
})
