import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { type KubeObject, nameOf, objectsIn, put, rendered } from '../k8s/manifests.ts'
import { KUBE_ENV } from '../support/servers/kube-env.ts'
import { CHART, describeWithHelm, helm, objectsOf, type Values } from './helm.ts'
import { type Sent, startKubeApi } from './kube-api.ts'
import { VALUE_SETS } from './value-sets.ts'

const run = promisify(execFile)
const url = 'https://registry.example.com'
const CRONJOB = { registries: [{ name: 'private', url }], pushgateway: { url: 'http://push:9091' } }
const SIDECAR = { mode: 'sidecar', registries: [{ name: 'private', storage: { podVolume: 'storage' } }] }
const RELEASE = { name: 'prod', namespace: 'ops' }

describeWithHelm('the notes of a release', () => {
  it.each(VALUE_SETS)('name only objects that exist: $title', ({ values, release = {} }) => {
    const text = notesOf(values, release.namespace)
    const names = objectsOf(values, { ...RELEASE, namespace: release.namespace ?? RELEASE.namespace }).map(nameOf)
    const named = [...text.matchAll(/--from=cronjob\/(\S+)|service\/(\S+)|configmap (\S+)/g)].map(
      ([, cronJob, service, configMap]) =>
        cronJob ? `CronJob ${cronJob}` : service ? `Service ${service}` : `ConfigMap ${configMap}`,
    )
    expect(named).not.toEqual([])
    expect(named.filter((name) => !names.includes(name))).toEqual([])
    expect(text).not.toMatch(/<no value>|%!|\n\n\n/)
  })

  it('start a run by hand, of which they show the log', async () => {
    const sent = await afterCommands(CRONJOB, [])
    expect(sent.map(({ method, path }) => [method, path])).toEqual([['POST', '/apis/batch/v1/namespaces/ops/jobs']])
    for (const text of [
      'regfsck-by-hand',
      'prod-regfsck-private',
      '--registry=$(REGISTRY)',
      'ghcr.io/example/regfsck:0.1.0',
    ])
      expect(sent[0]?.body).toContain(text)
    expect(notesOf(CRONJOB)).toContain('logs --follow job/regfsck-by-hand')
  })

  it("put the sidecar into the registry's pod", async () => {
    const registry = structuredClone(rendered('sidecar').find(({ kind }) => kind === 'Deployment')) ?? never()
    put(registry, 'metadata.namespace', 'ops')
    const [patch, ...others] = await afterCommands(SIDECAR, [registry])
    expect(others).toEqual([])
    const ours = objectsOf(SIDECAR, RELEASE).flatMap(({ data }) => data?.['patch.yaml'] ?? [])
    expect(patch).toMatchObject({
      method: 'PATCH',
      path: '/apis/apps/v1/namespaces/ops/deployments/registry',
      contentType: 'application/strategic-merge-patch+json',
    })
    expect(JSON.parse(patch?.body ?? '')).toEqual(parse(ours.join()))
  })

  it('say what is missing', () => {
    expect(notesOf(CRONJOB)).toContain('No alert is installed.')
    expect(notesOf({ ...CRONJOB, prometheusRule: { enabled: true } })).not.toContain('No alert is installed.')
    const serve = { mode: 'serve', registries: CRONJOB.registries }
    expect(notesOf(serve)).toContain('http://prod-regfsck.ops.svc:9847/metrics')
    expect(notesOf({ ...serve, serviceMonitor: { enabled: true } })).not.toContain('Nothing scrapes it yet')
    const hostPath = { ...CRONJOB, registries: [{ name: 'private', storage: { hostPath: '/srv' } }] }
    expect(notesOf(hostPath)).toContain('private: a hostPath is refused')
  })
})

/** `helm template` shows no notes, and `helm install` asks a cluster first: so here they are the text of a ConfigMap. */
function notesOf(values: Values, namespace: string = RELEASE.namespace): string {
  const directory = mkdtempSync(join(tmpdir(), 'regfsck-notes-'))
  try {
    cpSync(CHART, directory, { recursive: true })
    const notes = readFileSync(join(CHART, 'templates/NOTES.txt'), 'utf8')
    const template = `{{- define "notes" }}${notes}{{ end }}
kind: ConfigMap
metadata: { name: notes }
data:
  notes: {{ include "notes" . | toJson }}
`
    writeFileSync(join(directory, 'templates/notes-of-the-test.yaml'), template)
    const only = ['--show-only', 'templates/notes-of-the-test.yaml', '--namespace', namespace]
    const { code, stdout, stderr } = helm(['template', RELEASE.name, directory, ...only, '--values', '-'], values)
    expect(code, stderr).toBe(0)
    return objectsIn(stdout)[0]?.data?.['notes'] ?? ''
  } finally {
    rmSync(directory, { recursive: true })
  }
}

/** What the commands of the notes send to the API server, run as they stand but for those that need a kubelet. */
async function afterCommands(values: Values, others: readonly KubeObject[]): Promise<readonly Sent[]> {
  const lines = notesOf(values)
    .split('\n')
    .filter((line) => line.startsWith('  kubectl ') && !/ (?:logs|port-forward) /.test(line))
  const api = await startKubeApi([...objectsOf(values, RELEASE), ...others])
  const directory = mkdtempSync(join(tmpdir(), 'regfsck-kubectl-'))
  try {
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'test', cluster: { server: api.url } }],
      contexts: [{ name: 'test', context: { cluster: 'test', user: '' } }],
      'current-context': 'test',
    }
    writeFileSync(join(directory, 'config'), JSON.stringify(config))
    const env = { ...KUBE_ENV, KUBECONFIG: join(directory, 'config'), HOME: directory }
    await run('bash', ['-euc', lines.join('\n')], { cwd: directory, env })
    return api.sent
  } finally {
    await api.stop()
    rmSync(directory, { recursive: true })
  }
}

function never(): never {
  throw new Error('not there')
}
