import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { argumentsOf } from '../../src/config/arguments.ts'
import { fixture } from '../support/builders/fixtures.ts'
import { regfsckHere } from '../support/command/run-in-process.ts'
import { scratch } from '../support/scratch.ts'

vi.mock(import('../../src/sources/storage/thread-pool.ts'), async (original) =>
  (await import('../support/command/one-thread.ts')).oneThread(original),
)

describe('a path in a configuration file', () => {
  it('is seen from where the file stands, whatever the key', () => {
    const settings = { 'ca-file': 'ca.pem', output: ['table', 'json=out/a=b.json', 'html=/tmp/x.html'], exclude: ['a'] }
    expect(argumentsOf(settings, '/etc/regfsck')).toEqual([
      ...['--ca-file=/etc/regfsck/ca.pem', '--output=table', '--output=json=/etc/regfsck/out/a=b.json'],
      ...['--output=html=/tmp/x.html', '--exclude=a'],
    ])
  })

  it('is where scan writes a report', async () => {
    const directory = join(scratch(), 'etc')
    mkdirSync(directory)
    const file = join(directory, 'regfsck.yaml')
    writeFileSync(file, 'defaults: {output: [json=report.json]}')
    expect(await regfsckHere(['scan', '--config', file, fixture('lawful-artifact')])).toMatchObject({ code: 0 })
    expect(existsSync(join(directory, 'report.json'))).toBe(true)
  })
})
