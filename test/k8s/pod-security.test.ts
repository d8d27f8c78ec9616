import { describe, expect, it } from 'vitest'
import { overlays, type PodTemplate, podTemplates, put, rendered } from './manifests.ts'
import { podSecurityProblems } from './pod-security.ts'

const pods = overlays().flatMap((overlay) =>
  podTemplates(rendered(overlay)).map(({ name, pod }) => ({ title: `${overlay}: ${name}`, pod })),
)

describe('Pod Security "restricted"', () => {
  it.each(pods)('holds for $title', ({ pod }) => {
    expect(podSecurityProblems(pod)).toEqual([])
  })

  it('is asked of every overlay', () => {
    for (const overlay of overlays()) expect(podTemplates(rendered(overlay))).not.toEqual([])
  })

  const CONTAINER = 'spec.containers.0'
  const OWN = `${CONTAINER}.securityContext`
  const BAD: readonly (readonly [path: string, value: unknown, problem: string])[] = [
    ['spec.hostNetwork', true, 'pod: hostNetwork'],
    ['spec.hostPID', true, 'pod: hostPID'],
    ['spec.hostIPC', true, 'pod: hostIPC'],
    ['spec.volumes.0', { name: 'tmp', hostPath: { path: '/var/lib/registry' } }, 'volume tmp: hostPath'],
    ['spec.volumes.0', { name: 'tmp', nfs: { server: 'nas', path: '/' } }, 'volume tmp: nfs'],
    ['spec.securityContext.sysctls', [{ name: 'kernel.msgmax', value: '1' }], 'pod: sysctl kernel.msgmax'],
    ['spec.securityContext.runAsUser', 0, 'pod: runs as root'],
    ['spec.securityContext.runAsNonRoot', undefined, 'regfsck: may run as root'],
    ['spec.securityContext.seccompProfile', undefined, 'regfsck: has no seccomp profile'],
    ['spec.securityContext.seccompProfile.type', 'Unconfined', 'pod: seccomp is Unconfined'],
    ['spec.securityContext.appArmorProfile', { type: 'Unconfined' }, 'pod: AppArmor is off'],
    ['spec.securityContext.seLinuxOptions', { type: 'spc_t' }, 'pod: SELinux type spc_t'],
    ['spec.securityContext.seLinuxOptions', { role: 'system_r' }, 'pod: SELinux user or role'],
    ['spec.securityContext.windowsOptions', { hostProcess: true }, 'pod: is a process of the host'],
    [
      'metadata.annotations',
      { 'container.apparmor.security.beta.kubernetes.io/regfsck': 'unconfined' },
      'pod: AppArmor is off',
    ],
    [`${OWN}.privileged`, true, 'regfsck: privileged'],
    [`${OWN}.allowPrivilegeEscalation`, undefined, 'regfsck: may gain privileges'],
    [`${OWN}.allowPrivilegeEscalation`, true, 'regfsck: may gain privileges'],
    [`${OWN}.capabilities.drop`, ['NET_RAW'], 'regfsck: keeps capabilities'],
    [`${OWN}.capabilities.add`, ['SYS_PTRACE'], 'regfsck: adds SYS_PTRACE'],
    [`${OWN}.procMount`, 'Unmasked', 'regfsck: proc is Unmasked'],
    [`${OWN}.runAsUser`, 0, 'regfsck: runs as root'],
    [`${OWN}.seccompProfile`, { type: 'Unconfined' }, 'regfsck: seccomp is Unconfined'],
    [`${CONTAINER}.ports`, [{ containerPort: 9847, hostPort: 9847 }], 'regfsck: takes port 9847 of the host'],
    [
      `${CONTAINER}.livenessProbe`,
      { httpGet: { port: 80, host: '169.254.169.254' } },
      'regfsck: has 169.254.169.254 asked by the kubelet',
    ],
  ]

  it.each(BAD)('would not hold with %s: %j', (path, value, problem) => {
    const pod = good()
    put(pod, path, value)
    expect(podSecurityProblems(pod)).toEqual([problem])
  })

  it('would not hold with runAsNonRoot taken back by a container', () => {
    const pod = good()
    put(pod, `${OWN}.runAsNonRoot`, false)
    expect(podSecurityProblems(pod)).toEqual(['regfsck: may run as root', 'regfsck: is let run as root'])
  })

  it.each(['initContainers', 'ephemeralContainers'])('is asked of %s too', (kind) => {
    const pod = good()
    put(pod, `spec.${kind}`, [{ name: 'also', image: 'also:1' }])
    expect(podSecurityProblems(pod)).toEqual(['also: may gain privileges', 'also: keeps capabilities'])
  })

  it.each([
    [`${OWN}.capabilities.add`, ['NET_BIND_SERVICE']],
    [`${OWN}.seccompProfile`, { type: 'Localhost', localhostProfile: 'registry.json' }],
    ['spec.securityContext.sysctls', [{ name: 'net.ipv4.tcp_keepalive_time', value: '60' }]],
    ['spec.volumes.0', { name: 'tmp', csi: { driver: 'any' } }],
  ])('has nothing against %s: %j', (path, value) => {
    const pod = good()
    put(pod, path, value)
    expect(podSecurityProblems(pod)).toEqual([])
  })
})

function good(): PodTemplate {
  const [first] = podTemplates(rendered('http'))
  if (first === undefined) throw new Error('no pod')
  return structuredClone(first.pod)
}
