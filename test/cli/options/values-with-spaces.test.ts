import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { regfsckHere } from '../../support/command/run-in-process.ts'
import { scratch } from '../../support/scratch.ts'

/** Nothing in it is asked of a registry. */
const UNKNOWN = 'services:\n  web:\n    image: app:$TAG\n'

describe('values with spaces', () => {
  let directory: string
  let file: string

  beforeEach(() => {
    vi.unstubAllEnvs()
    directory = scratch()
    file = join(directory, 'my file.yaml')
    writeFileSync(file, UNKNOWN)
  })
  afterEach(() => vi.unstubAllEnvs())

  it('are one value of a flag that takes paths', async () => {
    const report = join(directory, 'my report.json')
    const ran = await regfsckHere(['check', '--from', file, '--output', `json=${report}`])
    expect(ran.code).toBe(3)
    expect(ran.stderr).not.toContain('FILE_UNREADABLE')
    expect(existsSync(report)).toBe(true)
    const table = await regfsckHere(['check', `--from=${file}`])
    expect(table.stderr).toContain(`${file}:3`)
    expect(table.stderr).not.toContain('cannot be read')
  })

  it('are one value of --env-file and of --build-arg', async () => {
    const variables = join(directory, 'my variables')
    writeFileSync(variables, 'TAG={{ tag }} x\n')
    const ran = await regfsckHere(['check', '--from', file, '--env-file', variables])
    expect(ran.stderr).toContain('it is a template that was not filled in')
    const dockerfile = join(directory, 'Dockerfile')
    writeFileSync(dockerfile, 'ARG T=1\nFROM app:$T\n')
    expect((await regfsckHere(['check', '--from', dockerfile, '--build-arg', 'T=a b'])).stderr).toContain('app:a b')
  })

  it('are an error where the value is empty, as of a variable that is not set', async () => {
    const ran = await regfsckHere(['check', '--from', file, '--from', ''])
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('--from: a path is empty') })
  })

  it('are several in the environment', async () => {
    const other = join(directory, 'other.yaml')
    writeFileSync(other, UNKNOWN)
    vi.stubEnv('REGFSCK_FROM', `${other}  ${join(directory, 'third.yaml')}`)
    const ran = await regfsckHere(['check'])
    expect(ran.code).toBe(3)
    expect(ran.stderr).toContain(`${other}:3`)
    expect(ran.stderr).toContain(`${join(directory, 'third.yaml')}:1`)
  })

  it('are several of a flag that takes names, which have no spaces', async () => {
    const pin = await regfsckHere(['pin', '--from', file, '--only', 'web db'])
    expect(pin.stderr).toContain('nothing is called "db"')
    expect(pin.stderr).not.toContain('"web')
  })
})
