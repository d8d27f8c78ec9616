import type { ISecurityContext } from 'kubernetes-models/v1/SecurityContext'
import type { IVolume } from 'kubernetes-models/v1/Volume'
import { type Container, containersOf, type PodTemplate } from './manifests.ts'

/**
 * What the Pod Security Standard `restricted`, and so `baseline` too, has against a pod. It is ours, because no API server is
 * there to ask: one line for each control of the standard.
 *
 * @returns sentences, each beginning with what it is about
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export function podSecurityProblems(pod: PodTemplate): string[] {
  return [...podProblems(pod), ...containersOf(pod).flatMap((container) => containerProblems(container, pod))]
}

const VOLUMES = 'configMap csi downwardAPI emptyDir ephemeral persistentVolumeClaim projected secret'.split(' ')

const SYSCTLS = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
]
const SELINUX_TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t']

function podProblems({ metadata, spec }: PodTemplate): string[] {
  const { securityContext: own = {} } = spec ?? {}
  const sysctls = (own.sysctls ?? []).map(({ name }) => name).filter((name) => !SYSCTLS.includes(name))
  const unconfined = Object.entries(metadata?.annotations ?? {})
    .filter(
      ([name, value]) => name.startsWith('container.apparmor.security.beta.kubernetes.io/') && value === 'unconfined',
    )
    .map(([name]) => name)
  return [
    ...(['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((name) => spec?.[name]).map((name) => `pod: ${name}`),
    ...(spec?.volumes ?? []).flatMap(volumeProblems),
    ...sysctls.map((name) => `pod: sysctl ${name}`),
    ...unconfined.map(() => 'pod: AppArmor is off'),
    ...bothProblems('pod', own),
  ]
}

function volumeProblems({ name, ...kinds }: IVolume): string[] {
  return Object.keys(kinds)
    .filter((kind) => !VOLUMES.includes(kind))
    .map((kind) => `volume ${name}: ${kind}`)
}

function containerProblems(container: Container, { spec }: PodTemplate): string[] {
  const { name, securityContext: own = {}, ports = [] } = container
  const ofPod = spec?.securityContext ?? {}
  const drops = (own.capabilities?.drop ?? []).includes('ALL')
  const added = (own.capabilities?.add ?? []).filter((capability) => capability !== 'NET_BIND_SERVICE')
  const seccomp = own.seccompProfile?.type ?? ofPod.seccompProfile?.type
  const says = (problem: string): string => `${name}: ${problem}`
  return [
    ...(own.privileged ? [says('privileged')] : []),
    ...(own.allowPrivilegeEscalation === false ? [] : [says('may gain privileges')]),
    ...(drops ? [] : [says('keeps capabilities')]),
    ...added.map((capability) => says(`adds ${capability}`)),
    ...((own.runAsNonRoot ?? ofPod.runAsNonRoot) ? [] : [says('may run as root')]),
    ...(seccomp === undefined ? [says('has no seccomp profile')] : []),
    ...((own.procMount ?? 'Default') === 'Default' ? [] : [says(`proc is ${own.procMount}`)]),
    ...ports.filter(({ hostPort }) => hostPort).map(({ hostPort }) => says(`takes port ${hostPort} of the host`)),
    ...hostsAsked(container).map((host) => says(`has ${host} asked by the kubelet`)),
    ...bothProblems(name, own),
  ]
}

/** What neither a pod nor a container may say. */
function bothProblems(
  name: string,
  own: Pick<
    ISecurityContext,
    'runAsUser' | 'runAsNonRoot' | 'seccompProfile' | 'seLinuxOptions' | 'windowsOptions' | 'appArmorProfile'
  >,
): string[] {
  const { seLinuxOptions: selinux = {} } = own
  const type = own.seccompProfile?.type
  return [
    ...(own.runAsUser === 0 ? [`${name}: runs as root`] : []),
    ...(own.runAsNonRoot === false ? [`${name}: is let run as root`] : []),
    ...(type === undefined || ['RuntimeDefault', 'Localhost'].includes(type) ? [] : [`${name}: seccomp is ${type}`]),
    ...(own.appArmorProfile?.type === 'Unconfined' ? [`${name}: AppArmor is off`] : []),
    ...(SELINUX_TYPES.includes(selinux.type ?? '') ? [] : [`${name}: SELinux type ${selinux.type}`]),
    ...(selinux.user || selinux.role ? [`${name}: SELinux user or role`] : []),
    ...(own.windowsOptions?.hostProcess ? [`${name}: is a process of the host`] : []),
  ]
}

/** Of probes and life cycle hooks, the hosts that are not the pod itself. */
function hostsAsked({ livenessProbe, readinessProbe, startupProbe, lifecycle }: Container): string[] {
  const handlers = [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop]
  return handlers.flatMap((handler) => handler?.httpGet?.host ?? handler?.tcpSocket?.host ?? [])
}
