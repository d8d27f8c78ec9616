import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** A new directory, open to every user, that is removed when the tests around the call are over. */
export function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), 'regfsck-scratch-'))
  chmodSync(directory, 0o755)
  afterAll(() => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }))
  return directory
}
