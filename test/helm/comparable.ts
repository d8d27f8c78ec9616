import { parse } from 'yaml'
import { type KubeObject, nameOf } from '../k8s/manifests.ts'

/** Names that differ, each by `Kind name`, or alone where it stands in another object. */
export type Renames = Readonly<Record<string, string>>

/** Labels that Helm puts on everything, and selects by. */
const HELM_LABELS = [
  'app.kubernetes.io/instance',
  'app.kubernetes.io/managed-by',
  'app.kubernetes.io/version',
  'helm.sh/chart',
]

/**
 * Objects in a form in which those of the chart and those of kustomize are equal, unless one was changed and not the other.
 * These differences are meant:
 *
 * - names, given as `renames`: the chart's have the registry's name in them, because there may be several;
 * - Helm's labels, and those of the sidecar's pod, which are the release's name;
 * - `imagePullPolicy`, and the checksum that starts a new pod when what is read at the start was changed;
 * - a Secret or ConfigMap that the values name has to be there: in `k8s/` it is optional;
 * - `--ca-file`: the chart sets it by itself;
 * - the order of arguments, variables, volumes and mounts.
 */
export function comparable(objects: readonly KubeObject[], renames: Renames = {}): Map<string, unknown> {
  return new Map(
    objects.map((object) => {
      const name = renames[nameOf(object)] ?? renames[object.metadata.name] ?? object.metadata.name
      const value = plain(object, renames) as KubeObject
      return [`${object.kind} ${name}`, { ...value, metadata: { ...value.metadata, name } }]
    }),
  )
}

function plain(value: unknown, renames: Renames, key = ''): unknown {
  if (Array.isArray(value)) {
    const items = value.map((each) => plain(each, renames)).filter((each) => !isCaFile(each))
    return UNORDERED.has(key) ? items.sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1)) : items
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([name]) => !HELM_LABELS.includes(name) && !MEANT.has(name))
    return Object.fromEntries(
      entries
        .map(([name, each]) => [name, plain(each, renames, name)] as const)
        .filter(([, each]) => each !== undefined)
        .filter(([name, each]) => !(name === 'annotations' && JSON.stringify(each) === '{}')),
    )
  }
  if (typeof value !== 'string') return value
  if (key === 'regfsck.yaml') return plain(parse(value), renames)
  return renames[value] ?? value
}

const MEANT = new Set(['imagePullPolicy', 'checksum/read-at-start', 'optional', 'ca-file'])
const UNORDERED = new Set(['args', 'env', 'volumes', 'volumeMounts', 'policyTypes'])

function isCaFile(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith('--ca-file=')
}

/** Volumes, mounts and variables have a name; arguments are text. */
function sortKey(value: unknown): string {
  return typeof value === 'object' && value !== null && 'name' in value ? String(value.name) : String(value)
}
