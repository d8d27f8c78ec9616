import { describe, expect, it } from 'vitest'
import { pod, readText, unknownIn, usesIn } from './read.ts'

const TEMPLATE = '{spec: {containers: [{name: app, image: "app:1"}]}}'

describe('the images of workloads', () => {
  it.each([
    ['v1', 'ReplicationController', `{template: ${TEMPLATE}}`],
    ['apps/v1', 'Deployment', `{template: ${TEMPLATE}}`],
    ['apps/v1', 'StatefulSet', `{template: ${TEMPLATE}}`],
    ['apps/v1', 'DaemonSet', `{template: ${TEMPLATE}}`],
    ['apps/v1', 'ReplicaSet', `{template: ${TEMPLATE}}`],
    ['extensions/v1beta1', 'Deployment', `{template: ${TEMPLATE}}`],
    ['batch/v1', 'Job', `{template: ${TEMPLATE}}`],
    ['batch/v1', 'CronJob', `{jobTemplate: {spec: {template: ${TEMPLATE}}}}`],
  ])('are read from a %s %s', (apiVersion, kind, spec) => {
    const text = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: web, namespace: shop}\nspec: ${spec}\n`
    expect(usesIn(text)).toEqual([`app:1 <- ${kind} shop/web, container app`])
  })

  it('are read from a PodTemplate, whose template is not below spec', () => {
    const text = `apiVersion: v1\nkind: PodTemplate\nmetadata: {name: web}\ntemplate: ${TEMPLATE}\n`
    expect(usesIn(text)).toEqual(['app:1 <- PodTemplate web, container app'])
  })

  it('are those of init, ephemeral and other containers, and of image volumes', () => {
    const text = `
apiVersion: v1
kind: Pod
metadata:
  generateName: import-
spec:
  volumes:
    - name: models
      image:
        reference: registry.example.com/models:3
        pullPolicy: IfNotPresent
    - name: scratch
      emptyDir: {}
  initContainers:
    - name: migrate
      image: registry.example.com/migrate:2
  containers:
    - image: registry.example.com/app:1
  ephemeralContainers:
    - name: debug
      image: busybox
`
    expect(usesIn(text)).toEqual([
      'registry.example.com/migrate:2 <- Pod import-*, init container migrate',
      'registry.example.com/app:1 <- Pod import-*, container number 1',
      'busybox <- Pod import-*, ephemeral container debug',
      'registry.example.com/models:3 <- Pod import-*, image volume models',
    ])
  })

  it('have a place, and a span that can be replaced', () => {
    const text = pod('"app:1" # the app').replaceAll('\n', '\r\n')
    const [image] = readText(text).images
    expect(image?.place).toEqual({ file: 'file.yaml', line: 8, column: 15 })
    expect(text.slice(image?.span?.start, image?.span?.end)).toBe('app:1')
  })

  it('are read from every document and from lists, also where items have no kind', () => {
    const list = 'apiVersion: v1\nkind: List\nitems:\n'
    const item = pod('app:2')
      .replaceAll(/^(?=.)/gm, '    ')
      .replace('    api', '  - api')
    const podList =
      '{"kind": "PodList", "apiVersion": "v1", "items": [{"metadata": {"name": "raw"}, "spec": {"containers": [{"name": "app", "image": "app:3"}]}}]}'
    expect(usesIn(`# Source: shop/templates/web.yaml\n${pod('app:1')}---\n${list}${item}---\n${podList}\n`)).toEqual([
      'app:1 <- Pod web, container app',
      'app:2 <- Pod web, container app',
      'app:3 <- Pod raw, container app',
    ])
  })

  it('of a JSON sequence are read as those of a list', () => {
    expect(usesIn('[{"apiVersion":"v1","kind":"Pod","spec":{"containers":[{"name":"app","image":"app:1"}]}}]')).toEqual(
      ['app:1 <- Pod, container app'],
    )
  })

  it('are read from patches, which have no apiVersion, and not from containers without an image', () => {
    const patch =
      'kind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{name: app, resources: {}}, {name: b, image: b:1}]}}}\n'
    expect(usesIn(patch)).toEqual(['b:1 <- Deployment web, container b'])
    expect(unknownIn(patch)).toEqual([])
  })
})

describe('what cannot be known', () => {
  it.each([
    ['5', 'it is a number, not text'],
    ['1.10', 'it is a number, not text'],
    ['true', 'it is a truth value, not text'],
    ['""', 'it is empty'],
    ["' '", 'it is empty'],
    ['', 'it is empty'],
    ['[app]', 'it is a list, not text'],
    ['{repository: app}', 'it is a mapping, not text'],
    ['{{ .Values.image }}', 'it is a template that was not rendered'],
    ['"{{ .Values.image }}:{{ .Values.tag }}"', 'it is a template that was not rendered'],
    ['app:$TAG', 'it has a variable that is replaced later'],
    ['$(params.image)', 'it has a variable that is replaced later'],
  ])('image: %s is named', (image, because) => {
    expect(unknownIn(pod(image))).toEqual([`Pod web, container app: ${because}`])
    expect(usesIn(pod(image))).toEqual([])
  })

  it('is quoted as it is written', () => {
    expect(readText(pod('{{ .Values.image }}')).unknown[0]).toMatchObject({
      text: '{{ .Values.image }}',
      place: { line: 8, column: 14 },
    })
    expect(readText(pod('1.10')).unknown[0]?.text).toBe('1.10')
  })

  it('is the image of an Istio gateway, but not one that is called auto without it', () => {
    const gateway = pod('auto').replace('name: web', 'name: web\n  labels: {sidecar.istio.io/inject: "true"}')
    expect(unknownIn(gateway)).toEqual(['Pod web, container app: Istio sets it in the cluster'])
    expect(usesIn(pod('auto'))).toEqual(['auto <- Pod web, container app'])
  })
})

describe('a file that cannot be read', () => {
  it('is named with line and column, and its other documents are read', () => {
    const read = readText(`${pod('app:1')}---\nspec:\n  image: "app\n---\n${pod('app:2')}`)
    expect(read.images.map(({ image }) => image)).toEqual(['app:1', 'app:2'])
    expect(read.unreadable).toEqual([
      { place: expect.objectContaining({ line: 12 }), because: expect.stringContaining('invalid YAML: ') },
    ])
  })

  it('of a chart that was not rendered says what to do', () => {
    const read = readText(`{{- if .Values.enabled }}\n${pod('app:1')}{{- end }}\n`)
    expect(read.unreadable[0]?.because).toContain('helm template')
  })

  it('is a binary one', () => {
    expect(readText('\u001f\b\0\0garbage').unreadable).toEqual([
      { place: { file: 'file.yaml', line: 1, column: 3 }, because: 'it is not text: it has a NUL character' },
    ])
  })
})

describe('objects without images that are deployed', () => {
  it.each([
    ['a ConfigMap', 'apiVersion: v1\nkind: ConfigMap\ndata:\n  image: app:1\n  pod.yaml: |\n    image: app:1\n'],
    [
      'a Node with its cache',
      'apiVersion: v1\nkind: Node\nmetadata: {name: a}\nstatus: {images: [{names: ["app:1"]}]}\n',
    ],
    [
      'the schema of custom resources',
      'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec: {versions: [{schema: {openAPIV3Schema: {properties: {image: {type: string, default: "app:1"}}}}}]}\n',
    ],
    [
      'a past revision',
      'apiVersion: apps/v1\nkind: ControllerRevision\ndata: {spec: {template: {spec: {containers: [{name: a, image: "app:1"}]}}}}\n',
    ],
    [
      'a kustomization',
      'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nimages: [{name: app, newTag: "1"}]\n',
    ],
    ['annotations', 'apiVersion: v1\nkind: Service\nmetadata: {annotations: {image: "app:1"}}\n'],
    ['something else', 'image: app:1\ncontainers: [{image: "app:1"}]\n'],
  ])('%s', (_, text) => {
    const read = readText(text)
    expect([read.images, read.unknown, read.unreadable]).toEqual([[], [], []])
  })

  it('are counted, so that a file of something else is noticed', () => {
    expect(readText('apiVersion: v1\nkind: ConfigMap\n').objects).toBe(1)
    expect(readText('services: {}\n').objects).toBe(0)
  })
})
