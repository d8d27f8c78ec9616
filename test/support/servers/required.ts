import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { env } from 'node:process'
import { describe, it } from 'vitest'

/** The commands outside Node that tests run; `install-servers.mjs` installs them where it may. */
export type Server =
  | 'chromium'
  | 'docker-registry'
  | 'fish'
  | 'nginx'
  | 'openssl'
  | 'prometheus'
  | 'prometheus-alertmanager'
  | 'prometheus-pushgateway'
  | 'shellcheck'
  | 'skopeo'
  | 'strace'
  | 'zsh'

function missingServers(names: readonly Server[]): Server[] {
  return names.filter((name) => !(env['PATH'] ?? '').split(delimiter).some((at) => isExecutable(join(at, name))))
}

/**
 * `describe` for tests that need real servers.
 *
 * Where one is missing, the tests inside are counted as skipped; with `CI=true` a test that names it fails instead.
 */
export function describeWithServers(names: readonly Server[], title: string, fn: () => void): void {
  const missing = missingServers(names)
  if (missing.length > 0 && env['CI'] === 'true')
    describe(title, () => {
      it('finds the servers that it needs', () => {
        throw new Error(`not installed: ${missing.join(', ')}`)
      })
    })
  describe.skipIf(missing.length > 0)(title, fn)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
