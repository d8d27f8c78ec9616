import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as tick } from 'node:timers/promises'
import { afterEach } from 'vitest'
import { readKubernetes } from '../../../src/references/kubernetes/read-kubernetes.ts'
import type { Timing } from '../../../src/sources/kubernetes/backoff.ts'
import { ClusterImages, type ClusterSnapshot } from '../../../src/sources/kubernetes/cluster-images.ts'
import type { ClusterSettings } from '../../../src/sources/kubernetes/settings.ts'
import { scratch } from '../../support/scratch.ts'
import { SimulatedKubernetes } from '../../support/servers/simulated-kubernetes.ts'

/** A clock on which every wait is over at once; the waits are kept. */
export class QuickTiming implements Timing {
  readonly waits: number[] = []
  #elapsed = 0

  now(): Date {
    return new Date(Date.UTC(2026, 0, 1) + this.#elapsed)
  }

  elapsed(): number {
    return this.#elapsed
  }

  random(): number {
    return 1
  }

  pass(milliseconds: number): void {
    this.#elapsed += milliseconds
  }

  async sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    // How long a snapshot waits for the lists: that is for the real clock.
    if (milliseconds === 120_000) {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
      return
    }
    this.waits.push(milliseconds)
    this.pass(milliseconds)
    await tick()
  }
}

export interface Following {
  readonly cluster: ClusterImages
  readonly timing: QuickTiming
  snapshot(): Promise<ClusterSnapshot>
  /** The images that the reader of manifests finds, sorted. */
  images(): Promise<readonly string[]>
}

const started: { stop(): unknown }[] = []

afterEach(async () => {
  for (const one of started.splice(0).reverse()) await one.stop()
})

/** SIMULATED. */
export async function simulated(): Promise<SimulatedKubernetes> {
  const api = new SimulatedKubernetes()
  await api.start()
  started.push(api)
  return api
}

export function kubeconfig(url: string, user: object = { token: 'reader-token' }): string {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'here', cluster: { server: url } },
      { name: 'there', cluster: { server: `${url}/there` } },
    ],
    users: [{ name: 'reader', user }],
    contexts: [
      { name: 'here', context: { cluster: 'here', user: 'reader' } },
      { name: 'there', context: { cluster: 'there', user: 'reader' } },
    ],
    'current-context': 'here',
  }
  const file = join(scratch(), 'kubeconfig')
  writeFileSync(file, JSON.stringify(config))
  return file
}

export function follow(file: string, settings: Partial<ClusterSettings> = {}): Following {
  const timing = new QuickTiming()
  const cluster = new ClusterImages(
    { kubeconfig: file, namespaces: [], nodes: true, pullSecrets: false, ...settings },
    timing,
  )
  started.push(cluster)
  const snapshot = (): Promise<ClusterSnapshot> => cluster.snapshot(new AbortController().signal)
  return {
    cluster,
    timing,
    snapshot,
    images: async () => {
      const { text } = await snapshot()
      return readKubernetes([{ name: '-', text }])
        .images.map(({ image }) => image)
        .sort()
    },
  }
}

/** Until something holds. The limit of time is that of the test. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5))
}

export function pod(
  name: string,
  image: string,
  namespace = 'shop',
): { metadata: { name: string; namespace: string } } & Record<string, unknown> {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace },
    spec: { containers: [{ name: 'app', image }] },
    status: { phase: 'Running' },
  }
}
