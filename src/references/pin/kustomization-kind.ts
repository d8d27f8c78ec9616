import { child, type MapNode, textOf } from '../yaml/node.ts'

/**
 * Why a file is no kustomization, as the end of a sentence. Its `kind` may be absent; kustomize refuses fields that it
 * does not know.
 *
 * @see kustomize, api/types/kustomization.go
 */
export function whyNoKustomization(root: MapNode): string | undefined {
  const kind = child(root, 'kind')
  if (kind !== undefined)
    return KINDS.has(textOf(kind) ?? '') ? undefined : 'it is no kustomization, because its kind is another'
  const other = [...root.entries.keys()].find((key) => !FIELDS.has(key))
  return other === undefined ? undefined : `it is no kustomization, because those have no ${JSON.stringify(other)}`
}

const KINDS = new Set(['Kustomization', 'Component'])

const FIELDS = new Set(
  `apiVersion metadata resources bases components crds namePrefix nameSuffix namespace commonLabels labels
  commonAnnotations patches patchesStrategicMerge patchesJson6902 images imageTags replicas replacements vars
  configMapGenerator secretGenerator generatorOptions generators transformers validators configurations openapi
  helmCharts helmGlobals helmChartInflationGenerator sortOptions buildMetadata inventory`.split(/\s+/),
)
