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

  it('are several in the environment', async () => {
    const other = join(directory, 'other.yaml')
    writeFileSync(other, UNKNOWN)
    vi.stubEnv('REGFSCK_FROM', `${other}  ${join(directory, 'third.yaml')}`)
    const ran = await regfsckHere(['check'])
    expect(ran.code).toBe(3)
    expect(ran.stderr).toContain(`${other}:3`)
    expect(ran.stderr).toContain(`${join(directory, 'third.yaml')}:1`)
  })

  it.each([
    ['a path on each line', (one: string, other: string) => `${one}\n${other}`, 2],
    ['blank lines, and Windows line ends', (one: string, other: string) => `\r\n ${one} \r\n\r\n${other}\r\n`, 2],
    ['one path after a line break', (one: string) => `\n${one}`, 1],
  ])('stay in paths in the environment where lines separate them: %s', async (_, written, count) => {
    const other = join(directory, 'my other file.yaml')
    writeFileSync(other, UNKNOWN.replace('web', 'db'))
    vi.stubEnv('REGFSCK_FROM', written(file, other))
    const ran = await regfsckHere(['check'])
    expect([file, other].filter((path) => ran.stderr.includes(`${path}:3`))).toHaveLength(count)
    expect(ran.stderr).not.toContain('it does not exist')
  })

  it('separate paths in the environment as ever where a line break only ends the text', async () => {
    const other = join(directory, 'other.yaml')
    const third = join(directory, 'third.yaml')
    writeFileSync(other, UNKNOWN)
    writeFileSync(third, UNKNOWN.replace('web', 'db'))
    vi.stubEnv('REGFSCK_FROM', `${other} ${third}\n`)
    const ran = await regfsckHere(['check'])
    for (const path of [other, third]) expect(ran.stderr).toContain(`${path}:3`)
  })

  it('separate names in the environment, whatever the lines are', async () => {
    vi.stubEnv('REGFSCK_ONLY', 'web db\nweb')
    const pin = await regfsckHere(['pin', '--from', file])
    expect(pin.stderr).toContain('nothing is called "db"')
  })

  it('are allowed in paths of a configuration file', async () => {
    const config = join(directory, 'regfsck.yaml')
    writeFileSync(config, 'defaults: {output: ["json=my report.json"]}\n')
    const ran = await regfsckHere(['check', '--config', config, '--from', file])
    expect(ran.code).toBe(3)
    expect(existsSync(join(directory, 'my report.json'))).toBe(true)
  })

  it('are several of a flag that takes names, which have no spaces', async () => {
    const pin = await regfsckHere(['pin', '--from', file, '--only', 'web db'])
    expect(pin.stderr).toContain('nothing is called "db"')
    expect(pin.stderr).not.toContain('"web')
  })
})
