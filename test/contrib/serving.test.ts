import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { fixture } from '../support/builders/fixtures.ts'
import { regfsck } from '../support/command/run.ts'
import { scratch } from '../support/scratch.ts'
import { unusedPort } from '../support/servers/pushgateway.ts'
import { settings } from './units.ts'

const EXAMPLE = fileURLToPath(new URL('../../contrib/systemd/examples/regfsck.yaml', import.meta.url))
const home = scratch()

it('the exporter, as its service starts it with the example, scans, reports, and stops within its limit', async () => {
  const port = await unusedPort()
  const [name, ...words] = moved(settings('regfsck-serve.service', 'ExecStart')[0] ?? '').split(' ')
  expect(name).toBe('regfsck')
  mkdirSync(join(home, 'state'))
  writeFileSync(join(home, 'regfsck.yaml'), moved(readFileSync(EXAMPLE, 'utf8')).replace(':9847', `:${port}`))
  let pid = 0
  const ended = regfsck(words, { onStart: (started) => (pid = started) })
  try {
    await expect.poll(() => answer(port, '/metrics'), { timeout: 30_000 }).toMatch(BROKEN)
    expect(await answer(port, '/healthz')).not.toBe('')
  } finally {
    process.kill(pid, 'SIGTERM')
  }
  const [limit = ''] = settings('regfsck-serve.service', 'TimeoutStopSec')
  expect(limit).toBe('10s')
  expect(settings('regfsck-serve.service', 'SuccessExitStatus')).toEqual(['143'])
  expect([0, 143]).toContain((await ended).code)
})

const BROKEN = /^registry_integrity_failures\{.*registry="private".*reason="index-child-missing"\} 3$/m

function moved(text: string): string {
  return text
    .replaceAll('/etc/regfsck', home)
    .replaceAll('/var/lib/regfsck', join(home, 'state'))
    .replaceAll('/var/lib/registry', fixture('child-deleted-by-gc-m'))
}

/** The body of a good answer; nothing where there is none. */
async function answer(port: number, path: string): Promise<string> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}${path}`)
    return response.ok ? await response.text() : ''
  } catch {
    return ''
  }
}
