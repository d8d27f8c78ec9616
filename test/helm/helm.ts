import { spawnSync } from 'node:child_process'
import { env } from 'node:process'
import { fileURLToPath } from 'node:url'
import { describe, it } from 'vitest'
import { type KubeObject, objectsIn } from '../k8s/manifests.ts'
import { KUBE_ENV } from '../support/servers/kube-env.ts'

export const CHART: string = fileURLToPath(new URL('../../k8s/helm/regfsck/', import.meta.url))

/** What somebody puts into a values file. */
export type Values = Readonly<Record<string, unknown>>

export interface Release {
  readonly name?: string
  readonly namespace?: string
  /** Of the cluster, such as `1.27`; else what Helm takes for one. */
  readonly kubeVersion?: string
}

export interface Helm {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** @param values are read from stdin: pass `--values -` */
export function helm(args: readonly string[], values: Values = {}): Helm {
  const options = { encoding: 'utf8', env: KUBE_ENV, input: JSON.stringify(values), maxBuffer: 2 ** 26 } as const
  const { status, stdout, stderr, error } = spawnSync('helm', args, options)
  if (error) throw error
  return { code: status, stdout, stderr }
}

/** `helm template`, whatever comes of it. */
export function template(values: Values, { name = 'regfsck', namespace = 'regfsck', kubeVersion }: Release = {}): Helm {
  const version = kubeVersion === undefined ? [] : ['--kube-version', kubeVersion]
  return helm(['template', name, CHART, '--namespace', namespace, ...version, '--values', '-'], values)
}

/**
 * What a release consists of.
 *
 * @throws {Error} with what Helm says against the values
 */
export function objectsOf(values: Values, release?: Release): KubeObject[] {
  const { code, stdout, stderr } = template(values, release)
  if (code !== 0) throw new Error(stderr)
  return objectsIn(stdout).filter((object) => object !== null)
}

/** `describe` for tests that need Helm; without it they count as skipped, and fail where `CI=true`. */
export function describeWithHelm(title: string, fn: () => void): void {
  const isMissing = spawnSync('helm', ['version'], { env: KUBE_ENV }).status !== 0
  if (isMissing && env['CI'] === 'true')
    describe(title, () => {
      it('finds helm', () => {
        throw new Error('not installed: helm')
      })
    })
  describe.skipIf(isMissing)(title, fn)
}
