import { child, type Node, textOf } from '../yaml/node.ts'
import { isAboutImages, isBuiltIn } from './api-groups.ts'
import type { CollectedObjects, OpenFile } from './collected.ts'
import { type CustomField, customImageOf, nodesAt } from './custom-fields.ts'
import { imagesInCustomResource } from './custom-resource.ts'
import { type ImageText, imageTextOf } from './image-text.ts'
import { type KubernetesObject, qualified } from './kubernetes-object.ts'
import { needsOfPod, type PodNeeds, pullSecretsOf } from './pod-needs.ts'
import { imagesOfPod, type PodImage } from './pod-spec.ts'
import { pullSecretOf } from './pull-secret.ts'
import { podSpecOf, whyOver } from './workload.ts'

/** Reads one object, of whatever kind. */
export class ObjectReader {
  readonly #file: OpenFile
  readonly #collected: CollectedObjects
  readonly #fields: readonly CustomField[]

  constructor(file: OpenFile, collected: CollectedObjects, fields: readonly CustomField[]) {
    this.#file = file
    this.#collected = collected
    this.#fields = fields
  }

  read(object: KubernetesObject): void {
    this.#collected.objects += 1
    const taken = new Set<Node>()
    if (isBuiltIn(object.group ?? '')) this.#readBuiltIn(object, taken)
    else if (!isAboutImages(object.group ?? '')) this.#readCustomResource(object, taken)
    this.#readFields(object, taken)
  }

  #readBuiltIn(object: KubernetesObject, taken: Set<Node>): void {
    this.#readRefusal(object)
    this.#readFacts(object)
    const spec = podSpecOf(object)
    if (spec === undefined) return
    const over = whyOver(object)
    if (over !== undefined) {
      const place = this.#file.placeOf(object.node)
      this.#collected.finished.push({ place, label: object.label, because: over })
      return
    }
    const status = object.kind === 'Pod' ? child(object.node, 'status') : undefined
    const isInjected = isIstioGateway(object.node, spec)
    const needs = needsOfPod(spec, object.namespace)
    for (const image of imagesOfPod(spec, status)) {
      taken.add(image.image)
      this.#addPodImage(object, needs, image, isInjected)
    }
  }

  #addPodImage(
    object: KubernetesObject,
    needs: PodNeeds,
    { what, image, running }: PodImage,
    isInjected: boolean,
  ): void {
    const said = imageTextOf(image, this.#file.text)
    const use = running === undefined ? {} : { running }
    const isAuto = isInjected && said.is === 'known' && said.image === 'auto'
    const known: ImageText = isAuto ? { is: 'unknown', text: 'auto', because: 'Istio sets it in the cluster' } : said
    this.#collected.add(this.#file, image, known, {
      usedBy: `${object.label}, ${what}`,
      needs,
      ...use,
    })
  }

  /** The cluster did not say what there is. @see Kubernetes API conventions, "Response Status Kind" */
  #readRefusal({ kind, node }: KubernetesObject): void {
    if (kind !== 'Status' || textOf(child(node, 'status')) !== 'Failure') return
    const because = textOf(child(node, 'message')) ?? 'the cluster gave no objects'
    this.#collected.unreadable.push({ place: this.#file.placeOf(node), because })
  }

  /** What other objects need from this one. */
  #readFacts(object: KubernetesObject): void {
    const { kind, node, name, namespace } = object
    if (name === undefined) return
    if (kind === 'Node') this.#collected.nodes.add(name, node)
    else if (kind === 'ServiceAccount')
      this.#collected.secretsOfAccount.set(qualified(namespace, name), pullSecretsOf(node, namespace))
    else if (kind === 'Secret') {
      const secret = pullSecretOf(object)
      if (secret !== undefined) this.#collected.pullSecrets.push(secret)
    }
  }

  #readCustomResource(object: KubernetesObject, taken: Set<Node>): void {
    for (const found of imagesInCustomResource(object)) {
      if (found.is === 'object') {
        this.read(found.object)
        continue
      }
      taken.add(found.image)
      this.#collected.add(this.#file, found.image, imageTextOf(found.image, this.#file.text), {
        usedBy: `${object.label}, ${found.what}`,
        needs: needsOfPod(found.around, object.namespace),
      })
    }
  }

  #readFields(object: KubernetesObject, taken: ReadonlySet<Node>): void {
    for (const field of this.#fields)
      for (const { where, node } of nodesAt(object.node, field)) {
        this.#collected.usedFields.add(field.path)
        if (taken.has(node)) continue
        this.#collected.add(this.#file, node, customImageOf(node, this.#file.text), {
          usedBy: `${object.label}, ${where}`,
          needs: needsOfPod(object.node, object.namespace),
        })
      }
  }
}

/**
 * Whether Istio replaces the image `auto` of a pod when it starts.
 *
 * @see Istio, "Installing Gateways": `inject.istio.io/templates: gateway` or `sidecar.istio.io/inject: "true"`
 */
function isIstioGateway(workload: Node, spec: Node): boolean {
  const metadata = [child(workload, 'metadata'), child(workload, 'spec', 'template', 'metadata')]
  return (
    metadata.some((one) =>
      ['annotations', 'labels'].some((key) => {
        const marks = child(one, key)
        return (
          child(marks, 'inject.istio.io/templates') !== undefined ||
          textOf(child(marks, 'sidecar.istio.io/inject')) === 'true'
        )
      }),
    ) && spec.kind === 'map'
  )
}
