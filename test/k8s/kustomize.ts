import { spawnSync } from 'node:child_process'
import { describe } from 'vitest'
import { KUBE_ENV } from '../support/servers/kube-env.ts'

/** The first kubectl whose kustomize knows components. */
const OLDEST = [1, 21]

/**
 * What an overlay comes to.
 *
 * @param directory of a `kustomization.yaml`
 * @throws {Error} with what kubectl says against it
 */
export function kustomize(directory: string): string {
  const { status, stdout, stderr, error } = spawnSync('kubectl', ['kustomize', directory], {
    encoding: 'utf8',
    env: KUBE_ENV,
  })
  if (status !== 0) throw new Error(`kubectl kustomize ${directory}: ${error?.message ?? stderr}`)
  return stdout
}

/** `describe` for tests that render manifests; without a kubectl that can, they count as skipped, and the title says why. */
export function describeWithKustomize(title: string, fn: () => void): void {
  const problem = whyNot()
  describe.skipIf(problem !== undefined)(problem === undefined ? title : `${title} (skipped: ${problem})`, fn)
}

function whyNot(): string | undefined {
  const { status, stdout } = spawnSync('kubectl', ['version', '--client', '--output=json'], {
    encoding: 'utf8',
    env: KUBE_ENV,
  })
  if (status !== 0) return 'no kubectl'
  const { clientVersion }: { clientVersion: { gitVersion: string } } = JSON.parse(stdout)
  const [, major, minor] = /^v(\d+)\.(\d+)\./.exec(clientVersion.gitVersion) ?? []
  const isOld = Number(major) < (OLDEST[0] ?? 0) || (Number(major) === OLDEST[0] && Number(minor) < (OLDEST[1] ?? 0))
  return isOld ? `kubectl ${clientVersion.gitVersion} is older than 1.21` : undefined
}
