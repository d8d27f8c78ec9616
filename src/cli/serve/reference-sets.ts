import { resolve } from 'node:path'
import type { ClusterEntry } from '../../config/cluster-entry.ts'
import type { Path } from '../../config/problem.ts'
import type { ReferencesEntry, Settings } from '../../config/schema.ts'
import type { TextSource } from '../../serve/schedule/text-source.ts'
import { environmentNameOf } from '../options/environment.ts'
import { clusterText } from './cluster-text.ts'
import type { Reading } from './reading.ts'

/** What one check reads: files, or what a cluster runs. */
export interface ReferenceSet {
  readonly name: string
  /** For people; it changes with everything that decides what is read. */
  readonly target: string
  /** The options that say where the images are named. */
  readonly arguments: readonly string[]
  readonly input?: TextSource
}

/** Settings about files. */
const ABOUT_FILES = ['from-type', 'recursive', 'env-file', 'compose-profile', 'build-arg']

/** The sets of an entry of `references`: one, or one for each context of a cluster. */
export function setsOf(
  entry: ReferencesEntry,
  settings: Settings,
  at: Path,
  { directory, env, report }: Reading,
): readonly ReferenceSet[] {
  const { name, from, kubernetes } = entry
  if (from !== undefined && kubernetes !== undefined) {
    report([...at, 'kubernetes'], 'expected either from or kubernetes, not both')
    return []
  }
  if (kubernetes !== undefined) {
    for (const setting of ABOUT_FILES)
      if (setting in entry) report([...at, setting], 'is about files: kubernetes reads none')
    const given = (setting: string): unknown => env[environmentNameOf(setting)] ?? settings[setting]
    const reads = { nodes: given('platform') === 'auto', pullSecrets: isOn(given('use-pull-secrets')) }
    return clusterSets(name, kubernetes, reads, { at, directory, report })
  }
  if (from === undefined) {
    report([...at, 'from'], 'is missing: expected a list of files, or kubernetes in its place')
    return []
  }
  if (from.includes('-')) report([...at, 'from'], 'standard input cannot be read again and again')
  const paths = from.map((path) => resolve(directory, path))
  return [{ name, target: paths.join(', '), arguments: paths.map((path) => `--from=${path}`) }]
}

function clusterSets(
  name: string,
  { namespaces = [], labelSelector, contexts, kubeconfig: written }: ClusterEntry,
  reads: { readonly nodes: boolean; readonly pullSecrets: boolean },
  { at, directory, report }: Pick<Reading, 'directory' | 'report'> & { readonly at: Path },
): readonly ReferenceSet[] {
  for (const [n, context] of (contexts ?? []).entries())
    if (contexts?.indexOf(context) !== n)
      report([...at, 'kubernetes', 'contexts', n], `another one is ${JSON.stringify(context)}`)
  const kubeconfig = written === undefined ? undefined : resolve(directory, written)
  return (contexts ?? [undefined]).map((context) => ({
    name: context === undefined ? name : `${name}/${context}`,
    target: [
      context === undefined ? 'kubernetes' : `kubernetes, context ${context}`,
      ...(kubeconfig === undefined ? [] : [`kubeconfig ${kubeconfig}`]),
      namespaces.length === 0 ? 'all namespaces' : `namespaces ${namespaces.join(', ')}`,
      ...(labelSelector === undefined ? [] : [`selector ${labelSelector}`]),
    ].join('; '),
    arguments: [
      '--from=-',
      '--from-type=kubernetes',
      `--cluster=${context === undefined ? 'cluster' : `cluster ${context}`}`,
    ],
    input: clusterText({
      ...(kubeconfig !== undefined && { kubeconfig }),
      ...(context !== undefined && { context }),
      ...(labelSelector !== undefined && { labelSelector }),
      namespaces,
      ...reads,
    }),
  }))
}

/** A switch, of the file or of the environment. */
function isOn(value: unknown): boolean {
  return value === true || (typeof value === 'string' && !OFF.has(value))
}

const OFF: ReadonlySet<string> = new Set(['', '0', 'false', 'no'])
