import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { containersOf, isRegfsck, nameOf, objectsIn, type PodTemplate, podTemplateOf } from '../k8s/manifests.ts'
import { modelErrors } from '../k8s/model-check.ts'
import { ownRuleProblems } from '../k8s/own-rules.ts'
import { podSecurityProblems } from '../k8s/pod-security.ts'
import { scratch } from '../support/scratch.ts'
import { CHART, describeWithHelm, helm, objectsOf } from './helm.ts'
import { patchedRegistry } from './patched-registry.ts'
import { SIDECARS } from './value-sets.ts'

describeWithHelm('the patch for the pod of a registry', () => {
  it.each(SIDECARS)('leads to a pod that is restricted, and that reads the storage: $title', ({ values }) => {
    const { pod } = patched(values)
    const ours = containersOf(pod).filter(isRegfsck)
    expect(ours).toHaveLength(1)
    expect([...podSecurityProblems(pod), ...ownRuleProblems(pod)]).toEqual([])
    const mount = ours[0]?.volumeMounts?.find(({ mountPath }) => mountPath === '/var/lib/registry')
    expect(mount?.readOnly).toBe(true)
    // The volume is the registry's own, so the patch must not bring one of that name.
    expect(pod.spec?.volumes?.find(({ name }) => name === mount?.name)?.persistentVolumeClaim).toEqual({
      claimName: 'registry',
    })
  })

  const directory = scratch()
  it('is what Kubernetes takes it for', () => {
    const objects = SIDECARS.map(({ title, values }) => [title, patched(values).object] as const)
    expect([...modelErrors(Object.fromEntries(objects), directory)]).toEqual([])
  })

  it('can be applied twice, and to a pod with containers that it does not know', () => {
    const [{ values } = never()] = SIDECARS
    const first = patched(values).object
    const again = patchedRegistry(patchOf(values), first)
    expect(again).toEqual(first)
    const [registry, ...others] = containersOf(patched(values).pod).map(({ name }) => name)
    expect([registry, others]).toEqual(['registry', ['regfsck']])
  })

  it('is scraped by the PodMonitor of its release, and by no other', () => {
    const values = { ...SIDECARS[0]?.values, podMonitor: { enabled: true } }
    const monitor = (name: string) => objectsOf(values, { name }).find(({ kind }) => kind === 'PodMonitor')?.spec
    expect(monitor('regfsck')).toMatchObject({ selector: { matchLabels: { 'regfsck.example/sidecar': 'regfsck' } } })
    expect(monitor('b')).toMatchObject({ selector: { matchLabels: { 'regfsck.example/sidecar': 'b-regfsck' } } })
    expect(patched(values).pod.metadata?.labels).toMatchObject({ 'regfsck.example/sidecar': 'regfsck' })
  })
})

describeWithHelm('a chart of a registry that has this one as a part', () => {
  const directory = scratch()
  it('includes the container, its volumes and its label', () => {
    mkdirSync(join(directory, 'templates'))
    cpSync(CHART, join(directory, 'charts/regfsck'), { recursive: true })
    writeFileSync(
      join(directory, 'Chart.yaml'),
      'apiVersion: v2\nname: registry\nversion: 1.0.0\ndependencies: [{ name: regfsck, version: 0.1.0 }]\n',
    )
    writeFileSync(join(directory, 'templates/deployment.yaml'), PARENT)
    const values = { regfsck: SIDECARS[0]?.values, global: { any: 'thing' } }
    const { code, stdout, stderr } = helm(['template', 'registry', directory, '--values', '-'], values)
    expect(code, stderr).toBe(0)
    const objects = objectsIn(stdout).filter((object) => object !== null)
    const deployment = objects.find((object) => nameOf(object) === 'Deployment registry') ?? never()
    const pod = podTemplateOf(deployment) ?? never()
    const alone = patched(SIDECARS[0]?.values ?? {}).pod
    expect(containersOf(pod).find(isRegfsck)).toEqual(
      JSON.parse(
        JSON.stringify(containersOf(alone).find(isRegfsck)).replaceAll(
          '"regfsck-sidecar"',
          '"registry-regfsck-sidecar"',
        ),
      ),
    )
    expect(pod.metadata?.labels).toMatchObject({ 'regfsck.example/sidecar': 'registry-regfsck' })
    const names = (pod.spec?.volumes ?? []).map(({ name }) => name)
    expect(names).toEqual(['storage', 'regfsck-tmp', 'regfsck-config', 'regfsck-state'])
    expect(objects.map(nameOf)).toContain('ConfigMap registry-regfsck-sidecar')
  })
})

const PARENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: registry
spec:
  template:
    metadata:
      labels:
        app: registry
        {{- include "regfsck.sidecar.labels" .Subcharts.regfsck | nindent 8 }}
    spec:
      containers:
        - name: registry
          image: registry:3.0.0
        - {{- include "regfsck.sidecar.container" .Subcharts.regfsck | nindent 10 }}
      volumes:
        - name: storage
          persistentVolumeClaim:
            claimName: registry
        {{- include "regfsck.sidecar.volumes" .Subcharts.regfsck | nindent 8 }}
`

type SidecarValues = (typeof SIDECARS)[number]['values']

function patchOf(values: SidecarValues): string {
  const patch = objectsOf(values).flatMap(({ data }) => data?.['patch.yaml'] ?? [])
  expect(patch).toHaveLength(1)
  expect(Object.keys(parse(patch[0] ?? ''))).toEqual(['spec'])
  return patch.join()
}

/** With the registry's names in the overlay put in the place of those that the values have. */
function patched(values: SidecarValues) {
  const object = patchedRegistry(
    patchOf(values).replace('name: hub', 'name: registry').replaceAll('name: data', 'name: storage'),
  )
  const pod: PodTemplate = podTemplateOf(object) ?? never()
  return { object, pod }
}

function never(): never {
  throw new Error('not there')
}
