import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fixture } from '../support/builders/fixtures.ts'
import { regfsck } from '../support/command/run.ts'
import { scratch } from '../support/scratch.ts'

const BROKEN = fixture('child-deleted-by-gc-m')

/** Writes a configuration file. */
function configured(registries: readonly object[], more: object = {}): string {
  const file = join(scratch(), 'regfsck.yaml')
  const entries = registries.map((entry) => ({ interval: '15s', 'recheck-delay': '0s', ...entry }))
  writeFileSync(file, JSON.stringify({ ...more, registries: entries }))
  return file
}

describe('regfsck config', () => {
  it('check says what would be done, and does nothing', async () => {
    const file = configured([{ name: 'broken', target: BROKEN, profiles: [{ name: 'fast', depth: 'graph' }] }])
    const { code, stdout, stderr } = await regfsck(['config', 'check', file])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain(`broken (fast): ${BROKEN}, depth graph, every 15s\n`)
  })

  it('check exits with 2 and reports every problem', async () => {
    const file = configured([{ name: 'a', target: 'ftp://x', colour: 'red' }], { lisen: 1 })
    const { code, stderr } = await regfsck(['config', 'check', file])
    expect(code).toBe(2)
    expect(stderr.split('\n').filter((line) => line !== '')).toHaveLength(2)
  })

  it('schema prints a JSON Schema that knows every key', async () => {
    const { code, stdout } = await regfsck(['config', 'schema'])
    expect(code).toBe(0)
    const { properties } = JSON.parse(stdout)
    expect(Object.keys(properties).sort()).toEqual([
      ...[
        'allowed-hosts',
        'defaults',
        'external-url',
        'listen',
        'log-level',
        'references',
        'registries',
        'scans-at-once',
        'state',
      ],
    ])
    expect(properties.registries.items.properties.depth.enum).toEqual(['blobs', 'graph', 'content'])
  })
})
