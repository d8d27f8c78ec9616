import { containersOf, isRegfsck, type KubeObject, nameOf, type PodTemplate, podTemplateOf } from './manifests.ts'

/** What a pod starts. */
export interface CommandLine {
  /** Of the object and, of an Indexed Job, the pod. */
  readonly title: string
  /** With nothing put in the place of variables. */
  readonly written: readonly string[]
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/**
 * Every command line of regfsck among the objects, as a kubelet would start it.
 *
 * @param replaced text for text, in what ConfigMaps hold: hosts and paths that are not on this machine
 */
export function commandLines(
  objects: readonly KubeObject[],
  replaced: Readonly<Record<string, string>> = {},
): CommandLine[] {
  return objects.flatMap((object) => {
    const pod = podTemplateOf(object)
    const pods = completionsOf(object)
    if (pod === undefined) return []
    return Array.from({ length: pods }, (_, index) => {
      const title = `${nameOf(object)}${pods > 1 ? `, pod ${index}` : ''}`
      return linesOf(pod, index, settingsIn(objects, replaced)).map((line) => ({ title, ...line }))
    }).flat()
  })
}

type Settings = ReadonlyMap<string, Readonly<Record<string, string>>>

function linesOf(pod: PodTemplate, index: number, settings: Settings): Omit<CommandLine, 'title'>[] {
  return containersOf(pod)
    .filter(isRegfsck)
    .map(({ args: written = [], env = [], envFrom = [] }) => {
      const given = envFrom.map(({ configMapRef }) => settings.get(configMapRef?.name ?? '') ?? {})
      const own = env.map(({ name, value, valueFrom }) => [name, valueFrom?.fieldRef ? String(index) : (value ?? '')])
      const all: Record<string, string> = Object.assign({}, ...given, Object.fromEntries(own))
      return { written, args: written.map((arg) => expanded(arg, all)), env: all }
    })
}

/** `$(NAME)`, where there is such a variable; `$$(NAME)` is `$(NAME)` itself. */
function expanded(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(/\$\$|\$\((\w+)\)/g, (whole, name?: string) => (name === undefined ? '$' : (env[name] ?? whole)))
}

function settingsIn(objects: readonly KubeObject[], replaced: Readonly<Record<string, string>>): Settings {
  const maps = objects.filter(({ kind }) => kind === 'ConfigMap')
  return new Map(
    maps.map(({ metadata, data = {} }) => [
      metadata.name,
      Object.fromEntries(Object.entries(data).map(([key, value]) => [key, replaced[value] ?? value])),
    ]),
  )
}

function completionsOf({ kind, spec }: KubeObject): number {
  if (kind !== 'CronJob') return 1
  return (spec as { jobTemplate: { spec: { completions?: number } } }).jobTemplate.spec.completions ?? 1
}
