import type { IVolume } from 'kubernetes-models/v1/Volume'
import type { IVolumeMount } from 'kubernetes-models/v1/VolumeMount'
import { type Container, containersOf, isRegfsck, type PodTemplate } from './manifests.ts'

/**
 * What this project asks of a pod beyond Pod Security: it reads, has no rights in the cluster, and leaves what is beside it
 * alone.
 *
 * @returns sentences, each beginning with what it is about
 */
export function ownRuleProblems(pod: PodTemplate): string[] {
  const { spec } = pod
  const volumes = spec?.volumes ?? []
  const problems = [
    ...(spec?.automountServiceAccountToken === false ? [] : ['pod: has a token of its service account']),
    ...accountProblems(pod),
    ...(spec?.enableServiceLinks === false ? [] : ['pod: has the names of services in its environment']),
    ...(spec?.securityContext?.fsGroup === undefined ? [] : ['pod: fsGroup gives files another owner']),
    ...volumes
      .filter(({ persistentVolumeClaim }) => persistentVolumeClaim?.readOnly !== undefined)
      .map(({ name }) => `volume ${name}: a claim that is readOnly`),
  ]
  return [...problems, ...containersOf(pod).flatMap((container) => containerProblems(container, pod))]
}

/** One account reads what is deployed. Its token is for what asks the cluster: `serve`, or a container of kubectl. */
function accountProblems(pod: PodTemplate): string[] {
  const { serviceAccountName, volumes = [] } = pod.spec ?? {}
  if (serviceAccountName !== undefined && serviceAccountName !== 'regfsck-reader')
    return ['pod: has a service account of its own']
  const tokens = volumes.filter(({ projected }) => projected?.sources?.some((source) => source.serviceAccountToken))
  const names = new Set(tokens.map(({ name }) => name))
  return containersOf(pod)
    .filter(
      (each) =>
        isRegfsck(each) && each.args?.[0] !== 'serve' && each.volumeMounts?.some((mount) => names.has(mount.name)),
    )
    .map(({ name }) => `${name}: has a token`)
}

function containerProblems(container: Container, pod: PodTemplate): string[] {
  const { name, image = '', resources, env = [] } = container
  const volumes = pod.spec?.volumes ?? []
  const says = (problem: string): string => `${name}: ${problem}`
  const mounts = (container.volumeMounts ?? []).flatMap((mount) => mountProblems(mount, volumes, isRegfsck(container)))
  const isGuest = isRegfsck(container) && containersOf(pod).some((other) => !isRegfsck(other))
  return [
    ...(container.securityContext?.readOnlyRootFilesystem ? [] : [says('may write to its root')]),
    ...(resources?.requests?.['cpu'] && resources.requests['memory'] ? [] : [says('asks for no resources')]),
    ...(resources?.limits?.['memory'] ? [] : [says('has no limit of memory')]),
    ...(/(?::[\w.-]+|@sha256:[0-9a-f]{64})$/.test(image) && !image.endsWith(':latest') ? [] : [says(`image ${image}`)]),
    ...env.filter(({ valueFrom }) => valueFrom?.secretKeyRef).map((each) => says(`has a secret in ${each.name}`)),
    ...(isGuest && container.readinessProbe ? [says('decides whether the registry is ready')] : []),
    ...mounts.map(says),
  ]
}

function mountProblems(mount: IVolumeMount, volumes: readonly IVolume[], isOurs: boolean): string[] {
  const volume = volumes.find(({ name }) => name === mount.name)
  if (volume === undefined) return [`mounts ${mount.name}, which there is not`]
  const isReadOnly = mount.readOnly === true
  return isReadOnly || volume.emptyDir !== undefined || !isOurs ? [] : [`may write to ${mount.mountPath}`]
}
