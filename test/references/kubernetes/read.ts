import type { KubernetesRead } from '../../../src/references/kubernetes/collected.ts'
import { type KubernetesOptions, readKubernetes } from '../../../src/references/kubernetes/read-kubernetes.ts'

/** Reads one file, `file.yaml`. */
export function readText(text: string, options?: KubernetesOptions): KubernetesRead {
  return readKubernetes([{ name: 'file.yaml', text }], options)
}

/** Each image with who uses it: `nginx:1 <- Pod web, container app`. */
export function usesIn(text: string, options?: KubernetesOptions): readonly string[] {
  return readText(text, options).images.map(({ image, usedBy }) => `${image} <- ${usedBy}`)
}

/** Each unknown reference: `Pod web, container app: it is empty`. */
export function unknownIn(text: string, options?: KubernetesOptions): readonly string[] {
  return readText(text, options).unknown.map(({ usedBy, because }) => `${usedBy}: ${because}`)
}

/** A pod with one container `app`; the image as YAML. */
export function pod(image: string): string {
  return `apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: app\n      image: ${image}\n`
}
