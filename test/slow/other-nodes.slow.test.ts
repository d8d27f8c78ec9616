import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { OTHER_NODES, otherNode } from '../support/command/other-nodes.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const UNITS = ['oci', 'check', 'report', 'metrics', 'state', 'config', 'sources'].map((room) => `test/${room}/`)
const END_TO_END = ['test/e2e/fixtures.test.ts', 'test/e2e/check.test.ts', 'test/cli/process/compile-cache.test.ts']
const LONGEST = 900_000

describe.each(Object.keys(OTHER_NODES))('on Node %s', (version) => {
  const node = otherNode(version)
  if ('missing' in node) {
    console.error(`Node ${version} is missing, so its tests are skipped: ${node.missing}`)
    it.skipIf(process.env['CI'] !== 'true')(`is there (${node.missing})`, () => {
      throw new Error(node.missing)
    })
    return
  }

  it.each([
    ['the unit tests pass', UNITS],
    ['so does one pass from end to end', END_TO_END],
  ])('%s', { timeout: LONGEST }, async (_, files) => {
    const ran = await vitest(node.command, files)
    expect(ran, ran.output).toMatchObject({ code: 0 })
    expect(ran.output).toMatch(/Tests\s+(?:\d+ \w+ \| )*[1-9]\d* passed/)
  })

  it('is that version', async () => {
    expect((await run(node.command, ['--version'])).output).toBe(`v${version}\n`)
  })
})

function vitest(node: string, files: readonly string[]): Promise<{ readonly code: unknown; readonly output: string }> {
  return run(node, ['node_modules/vitest/vitest.mjs', 'run', '--reporter=dot', '--no-color', ...files])
}

/** With none of the settings of the vitest that this is a test of. */
async function run(
  command: string,
  args: readonly string[],
): Promise<{ readonly code: unknown; readonly output: string }> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(?:VITEST|NODE_OPTIONS$|NODE_ENV$|TEST$|FORCE_COLOR$)/.test(name),
    ),
  )
  const child = spawn(command, args, { cwd: ROOT, env: { ...env, NO_COLOR: '1' }, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (piece: Buffer) => {
      output += piece.toString()
    })
  const [code]: unknown[] = await once(child, 'close')
  return { code, output }
}
