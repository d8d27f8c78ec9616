import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { K8S, type KubeObject, objectsIn } from '../k8s/manifests.ts'
import { KUBE_ENV } from '../support/servers/kube-env.ts'

/**
 * A registry's Deployment with a patch, by `kubectl patch --local`, which asks no server.
 *
 * @param registry the one of the overlay sidecar, unless there is another
 * @throws {Error} with what kubectl says against it
 */
export function patchedRegistry(patch: string, registry?: KubeObject): KubeObject {
  const directory = mkdtempSync(join(tmpdir(), 'regfsck-patch-'))
  const [patchFile, registryFile] = [join(directory, 'patch.yaml'), join(directory, 'registry.yaml')]
  try {
    writeFileSync(patchFile, patch)
    const given = registry === undefined ? undefined : JSON.stringify(registry)
    writeFileSync(registryFile, given ?? readFileSync(join(K8S, 'overlays/sidecar/registry.yaml')))
    const args = ['patch', '--local', '--filename', registryFile, '--patch-file', patchFile, '--output', 'json']
    const { status, stdout, stderr, error } = spawnSync('kubectl', args, { encoding: 'utf8', env: KUBE_ENV })
    const [object] = status === 0 ? objectsIn(stdout) : []
    if (object === undefined) throw new Error(`kubectl patch: ${error?.message ?? stderr}`)
    return object
  } finally {
    rmSync(directory, { recursive: true })
  }
}
