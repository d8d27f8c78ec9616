import { execFile } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { image } from '../support/builders/images.ts'
import { push } from '../support/builders/push.ts'
import { storagePaths } from '../support/builders/storage-paths.ts'
import { regfsck } from '../support/command/run.ts'
import { scratch } from '../support/scratch.ts'
import { KUBE_ENV } from '../support/servers/kube-env.ts'
import { type RunningRegistry, startRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'
import { SimulatedKubernetes } from '../support/servers/simulated-kubernetes.ts'
import { describeWithKustomize } from './kustomize.ts'
import { podTemplates, rendered } from './manifests.ts'

const run = promisify(execFile)
const root = join(scratch(), 'registry')
const whole = image('whole')
const broken = image('broken')

/** A real kubectl and a real registry; the cluster is SIMULATED. */
describeWithKustomize('with a kubectl', () => {
  describeWithServers(['docker-registry'], 'the pod that checks what is deployed, as it is in the manifest', () => {
    const api = new SimulatedKubernetes()
    let registry: RunningRegistry

    beforeAll(async () => {
      registry = await startRegistry({ root })
      const place = { url: registry.url, repository: 'app' }
      await push(place, whole, 'whole')
      await push(place, broken, 'broken')
      rmSync(storagePaths(root).data(broken.layers[0]?.descriptor.digest ?? ''))
      await api.start()
    })
    afterAll(async () => {
      await api.stop()
      await registry.stop()
    })

    it('finds each image intact', async () => {
      api.put('pods', {
        ...objectOf('web'),
        spec: { containers: [{ name: 'app', image: `${registry.host}/app:whole` }] },
      })
      const { code, stdout } = await runPod()
      expect([code, stdout]).toEqual([0, `${registry.host}/app@${whole.descriptor.digest}\n`])
    })

    it('fails where an image cannot be pulled, and says who needs it', async () => {
      const template = { spec: { containers: [{ name: 'app', image: `${registry.host}/app:broken` }] } }
      api.put('cronjobs', { ...objectOf('backup'), spec: { jobTemplate: { spec: { template } } } })
      const { code, stderr } = await runPod()
      expect(code).toBe(1)
      expect(stderr).toContain('CronJob shop/backup, container app')
      api.delete('cronjobs', { namespace: 'shop', name: 'backup' })
    })

    it('fails before it checks anything where the cluster denies one kind of objects', async () => {
      api.refuse = ({ path }) =>
        path.endsWith('/jobs')
          ? { status: 403, body: JSON.stringify({ ...DENIED, details: { kind: 'jobs' } }) }
          : undefined
      await expect(runPod()).rejects.toThrow(/jobs\S* is forbidden/)
      api.refuse = () => undefined
    })

    /** Runs the containers in their order, with paths and the account replaced by those of this machine. */
    async function runPod(): Promise<{
      readonly code: number | null
      readonly stdout: string
      readonly stderr: string
    }> {
      const [template] = podTemplates(rendered('deployed'))
      const [kubectl] = template?.pod.spec?.initContainers ?? []
      const [ours] = template?.pod.spec?.containers ?? []
      const home = scratchOfRun()
      const here = (text: string): string => text.replaceAll('/deployed/', `${home}/`)
      const [shell = '', ...flags] = kubectl?.command ?? []
      const env = { ...KUBE_ENV, HOME: home, KUBECONFIG: kubeconfigIn(home) }
      await run(shell, [...flags, ...(kubectl?.args ?? []).map(here)], { env })
      return regfsck([...(ours?.args ?? []).map(here), '--recheck-delay=0'], {})
    }

    function kubeconfigIn(home: string): string {
      const file = join(home, 'kubeconfig')
      const cluster = { server: api.url }
      const named = { name: 'here', context: { cluster: 'here', user: 'here' } }
      writeFileSync(
        file,
        JSON.stringify({
          apiVersion: 'v1',
          kind: 'Config',
          clusters: [{ name: 'here', cluster }],
          users: [{ name: 'here', user: {} }],
          contexts: [named],
          'current-context': 'here',
        }),
      )
      return file
    }
  })
})

const home = scratch()
let runs = 0

function scratchOfRun(): string {
  runs++
  const directory = join(home, String(runs))
  mkdirSync(directory)
  return directory
}

function objectOf(name: string): { readonly metadata: { readonly name: string; readonly namespace: string } } {
  return { metadata: { name, namespace: 'shop' } }
}

const DENIED = {
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  message: 'jobs.batch is forbidden: User "system:serviceaccount:regfsck:regfsck-reader" cannot list resource "jobs"',
  reason: 'Forbidden',
  code: 403,
}
