import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { IContainer } from 'kubernetes-models/v1/Container'
import type { IPodTemplateSpec } from 'kubernetes-models/v1/PodTemplateSpec'
import { parseAllDocuments } from 'yaml'

export const K8S: string = fileURLToPath(new URL('../../k8s/', import.meta.url))

/** An object of a manifest, as it is before anybody knows what it is. */
export interface KubeObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> }
  readonly data?: Readonly<Record<string, string>>
  readonly spec?: unknown
}

export type PodTemplate = IPodTemplateSpec
export type Container = IContainer

/** The names of all overlays. */
export function overlays(): string[] {
  return readdirSync(join(K8S, 'overlays')).sort()
}

/** What `kubectl kustomize` made of an overlay when it was last rendered. */
export function rendered(overlay: string): KubeObject[] {
  return objectsIn(readFileSync(join(K8S, 'rendered', `${overlay}.yaml`), 'utf8'))
}

/** @throws {Error} where it is no YAML */
export function objectsIn(text: string): KubeObject[] {
  return parseAllDocuments(text).map((document) => {
    if (document.errors.length > 0) throw document.errors[0]
    return document.toJS()
  })
}

/** `CronJob regfsck`, for the title of a test. */
export function nameOf({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.name}`
}

/** Every object of every overlay that starts pods, with the template of them. */
export function podTemplates(objects: readonly KubeObject[]): { readonly name: string; readonly pod: PodTemplate }[] {
  return objects.flatMap((object) => {
    const pod = podTemplateOf(object)
    return pod === undefined ? [] : [{ name: nameOf(object), pod }]
  })
}

export function podTemplateOf({ kind, spec }: KubeObject): PodTemplate | undefined {
  if (kind === 'CronJob')
    return (spec as { jobTemplate: { spec: { template: PodTemplate } } }).jobTemplate.spec.template
  if (['Deployment', 'StatefulSet', 'DaemonSet', 'Job'].includes(kind))
    return (spec as { template: PodTemplate }).template
  return undefined
}

/** All of them, whatever part of its life a pod starts them in. */
export function containersOf({ spec }: PodTemplate): Container[] {
  const ephemeral = (spec?.ephemeralContainers ?? []) as readonly Container[]
  return [...(spec?.initContainers ?? []), ...(spec?.containers ?? []), ...ephemeral]
}

/** Whether it is ours, and not the registry beside which it runs. */
export function isRegfsck({ image }: Container): boolean {
  return /(?:^|\/)regfsck(?:[:@]|$)/.test(image ?? '')
}

/** Changes one value, adds it, or (`undefined`) takes it out. @param path such as `spec.containers.0.name` */
export function put(object: object, path: string, value: unknown): void {
  const keys = path.split('.')
  const last = keys.pop() ?? ''
  const at = keys.reduce<unknown>((inside, key) => (inside as Record<string, unknown>)[key], object)
  ;(at as Record<string, unknown>)[last] = value
}
