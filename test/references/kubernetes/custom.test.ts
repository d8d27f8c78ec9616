import { describe, expect, it } from 'vitest'
import { readText, unknownIn, usesIn } from './read.ts'

function resource(apiVersion: string, spec: string): string {
  return `apiVersion: ${apiVersion}\nkind: Thing\nmetadata: {name: x, namespace: ops}\nspec: ${spec}\n`
}

const CONTAINERS = '{containers: [{name: app, image: "app:1"}]}'

describe('custom resources', () => {
  it.each([
    ['a template of a pod', `{podTemplate: {spec: ${CONTAINERS}}}`, 'container app'],
    ['templates in a list', `{tasks: [{template: {spec: ${CONTAINERS}}}]}`, 'container app'],
    ['init containers alone', '{pod: {initContainers: [{name: app, image: "app:1"}]}}', 'init container app'],
    ['an image of its own', '{image: "app:1"}', 'spec.image'],
    ['an image further down', '{kafka: {image: "app:1"}}', 'spec.kafka.image'],
    ['images in a list', '{nodes: [{role: worker, image: "app:1"}]}', 'spec.nodes[0].image'],
  ])('have %s', (_, spec, what) => {
    expect(usesIn(resource('example.com/v1', spec))).toEqual([`app:1 <- Thing ops/x, ${what}`])
  })

  it('that are containers by their other keys may name an image without a tag, or a variable', () => {
    const workflow =
      '{templates: [{container: {image: alpine, command: [sh]}}, {script: {image: "{{inputs.parameters.image}}", source: x, command: [sh]}}]}'
    expect(usesIn(resource('argoproj.io/v1alpha1', workflow))).toEqual([
      'alpine <- Thing ops/x, spec.templates[0].container.image',
    ])
    expect(unknownIn(resource('argoproj.io/v1alpha1', workflow))).toEqual([
      'Thing ops/x, spec.templates[1].script.image: it is a template that was not rendered',
    ])
  })

  it('with sidecars and an image of its own have both once', () => {
    const prometheus =
      '{image: "prom:1", containers: [{name: proxy, image: "proxy:1"}, {name: config-reloader}], imagePullSecrets: [{name: login}]}'
    const { images } = readText(resource('monitoring.coreos.com/v1', prometheus))
    expect(images.map(({ image, pullSecrets }) => [image, pullSecrets])).toEqual([
      ['proxy:1', ['ops/login']],
      ['prom:1', ['ops/login']],
    ])
  })

  it('that hold whole objects are opened', () => {
    const deployment = `{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {template: {spec: ${CONTAINERS}}}}`
    expect(usesIn(resource('work.open-cluster-management.io/v1', `{workload: {manifests: [${deployment}]}}`))).toEqual([
      'app:1 <- Deployment web, container app',
    ])
  })

  it.each([
    [
      'the image of a machine',
      'infrastructure.cluster.x-k8s.io/v1',
      '{template: {spec: {image: ubuntu-22-04, size: small}}}',
    ],
    ['the path of a disk', 'example.com/v1', '{image: "https://example.com/disk.qcow2"}'],
    ['a URN of a machine image', 'example.com/v1', '{image: "Canonical:UbuntuServer:18.04-LTS:latest"}'],
    ['an empty text', 'example.com/v1', '{image: "", containers: [{name: a, image: ""}]}'],
    ['an image in parts', 'example.com/v1', '{image: {repository: app, tag: "1"}}'],
    ['values of a chart', 'helm.toolkit.fluxcd.io/v2', '{values: {image: "app:1", containers: [{image: "app:1"}]}}'],
    ['what it builds', 'shipwright.io/v1beta1', '{output: {image: "registry.example.com/app:1"}}'],
    ['a schema', 'kro.run/v1alpha1', '{schema: {spec: {image: "app:1"}}}'],
    ['a policy', 'kyverno.io/v1', '{rules: [{validate: {pattern: {spec: {containers: [{image: "!*:latest"}]}}}}]}'],
    ['a constraint', 'constraints.gatekeeper.sh/v1beta1', '{parameters: {image: "app:1"}}'],
    ['a watched repository', 'image.toolkit.fluxcd.io/v1', '{image: ghcr.io/example/app:1}'],
    ['a number', 'example.com/v1', '{image: 5}'],
  ])('do not run %s', (_, apiVersion, spec) => {
    const read = readText(resource(apiVersion, spec))
    expect([read.images, read.unknown]).toEqual([[], []])
  })

  it('do not run what their status and metadata name', () => {
    const text =
      'apiVersion: example.com/v1\nkind: Thing\nmetadata: {annotations: {image: "a:1"}}\nstatus: {image: "b:1"}\n'
    expect(usesIn(text)).toEqual([])
  })
})

describe('custom image fields', () => {
  const server = '{server: {image: {repository: example/app, tag: "1.2"}}, nodes: [{image: one}, {image: two}]}'

  it('are read where the user says, in lists and below any key too', () => {
    expect(
      usesIn(resource('example.com/v1', server), { customImageFields: ['spec.server.image', 'spec.nodes[].image'] }),
    ).toEqual([
      'example/app:1.2 <- Thing ops/x, spec.server.image',
      'one <- Thing ops/x, spec.nodes[0].image',
      'two <- Thing ops/x, spec.nodes[1].image',
    ])
    expect(usesIn(resource('example.com/v1', server), { customImageFields: ['spec.*.image'] })).toEqual([
      'example/app:1.2 <- Thing ops/x, spec.server.image',
    ])
  })

  it.each([
    ['{repository: app, tag: "1"}', 'app:1'],
    ['{registry: quay.io, repository: org/app, tag: "1", digest: ""}', 'quay.io/org/app:1'],
    [`{repository: app, digest: "sha256:${'a'.repeat(64)}"}`, `app@sha256:${'a'.repeat(64)}`],
    [`{repository: app, tag: v1, sha: ${'a'.repeat(64)}}`, `app:v1@sha256:${'a'.repeat(64)}`],
    ['{name: app, version: v2}', 'app:v2'],
    ['app:3', 'app:3'],
  ])('are put together: %s', (image, expected) => {
    const { images } = readText(resource('example.com/v1', `{x: ${image}}`), { customImageFields: ['spec.x'] })
    expect(images.map((one) => one.image)).toEqual([expected])
  })

  it.each([
    ['{repository: app, tag: 1.10}', 'it is a number, not text'],
    ['{repository: "{{ .Values.x }}", tag: "1"}', 'it is a template that was not rendered'],
    ['{tag: "1"}', 'it is a mapping, not text'],
    ['5', 'it is a number, not text'],
  ])('are named if they are wrong: %s', (image, because) => {
    expect(unknownIn(resource('example.com/v1', `{x: ${image}}`), { customImageFields: ['spec.x'] })).toEqual([
      `Thing ops/x, spec.x: ${because}`,
    ])
  })

  it('that are read anyway are read once, and those that no object has are named', () => {
    const text = resource('example.com/v1', '{image: "app:1"}')
    const read = readText(text, { customImageFields: ['spec.image', 'spec.imge'] })
    expect(read.images).toHaveLength(1)
    expect(read.unusedFields).toEqual(['spec.imge'])
  })
})
