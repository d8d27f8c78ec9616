import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { scratch } from '../support/scratch.ts'
import { describeWithKustomize, kustomize } from './kustomize.ts'
import { K8S, nameOf, objectsIn, overlays, podTemplates, rendered } from './manifests.ts'
import { ownRuleProblems } from './own-rules.ts'
import { podSecurityProblems } from './pod-security.ts'

const ALERTS = fileURLToPath(new URL('../../alerts/', import.meta.url))

describeWithKustomize('kubectl kustomize', () => {
  it.each(overlays())('makes of %s what is committed; where not, npm run k8s is due', (overlay) => {
    const made = objectsIn(kustomize(join(K8S, 'overlays', overlay)))
    expect(new Map(made.map((object) => [nameOf(object), object]))).toEqual(
      new Map(rendered(overlay).map((object) => [nameOf(object), object])),
    )
  })

  // What no overlay shows, and somebody will want.
  it.each([
    ['a deep run in slices from the volume', ['base'], ['deep', 'sharded', 'storage']],
    ['an exporter that reads the volume', [], ['serve', 'storage', 'service-monitor']],
    ['both, behind a policy', ['base'], ['serve', 'deep', 'network-policy', 'storage']],
  ])('puts components together: %s', (_title, resources, components) => {
    const directory = scratch()
    const path = (name: string): string => relative(directory, join(K8S, name))
    writeFileSync(
      join(directory, 'kustomization.yaml'),
      JSON.stringify({
        apiVersion: 'kustomize.config.k8s.io/v1beta1',
        kind: 'Kustomization',
        resources: resources.map(path),
        components: components.map((name) => path(`components/${name}`)),
        images: [{ name: 'regfsck', newName: 'ghcr.io/example/regfsck', newTag: '0.1.0' }],
      }),
    )
    const pods = podTemplates(objectsIn(kustomize(directory)))
    expect(pods).not.toEqual([])
    for (const { pod } of pods) {
      expect([...podSecurityProblems(pod), ...ownRuleProblems(pod)]).toEqual([])
      if (components.includes('storage'))
        expect(pod.spec?.containers[0]?.volumeMounts).toContainEqual({
          name: 'registry-storage',
          mountPath: '/var/lib/registry',
          readOnly: true,
        })
    }
  })
})

describe('the rendered manifests', () => {
  it('are there for every overlay, and for no other', () => {
    expect(readdirSync(join(K8S, 'rendered')).sort()).toEqual(
      overlays()
        .map((name) => `${name}.yaml`)
        .sort(),
    )
  })

  it('use every component', () => {
    const used = overlays().flatMap((overlay) => {
      const text = readFileSync(join(K8S, 'overlays', overlay, 'kustomization.yaml'), 'utf8')
      return [...text.matchAll(/components\/([\w-]+)/g)].map(([, name]) => name)
    })
    expect([...new Set(used)].sort()).toEqual(readdirSync(join(K8S, 'components')).sort())
  })

  it('carry the alerts as they are', () => {
    const rule = objectsIn(readFileSync(join(ALERTS, 'prometheusrule.yaml'), 'utf8'))[0]
    for (const overlay of ['full', 'serve', 'sidecar']) {
      const found = rendered(overlay).find(({ kind }) => kind === 'PrometheusRule')
      expect(found?.spec).toEqual(rule?.spec)
    }
  })
})
