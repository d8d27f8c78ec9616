import type { Release, Values } from './helm.ts'

/** Values that somebody may install the chart with. */
export interface ValueSet {
  readonly title: string
  readonly values: Values
  readonly release?: Release
  /** What our own rules and Pod Security have against its pods, where the values ask for it. */
  readonly problems?: readonly string[]
}

const url = 'https://registry.example.com'
const pushgateway = { url: 'http://pushgateway.monitoring.svc:9091' }
const storage = { existingClaim: 'registry', registryPods: { app: 'registry' } }
const api = { name: 'private', url }
const disk = { name: 'private', storage }
const beside = { name: 'private', storage: { podVolume: 'storage' } }
const profiles = [{ name: 'fast' }, { name: 'deep', interval: '7d', depth: 'content' }]
const stateIsWritten = 'regfsck: may write to /var/lib/regfsck'

/** The sidecar's pod is that of the registry: sidecar.test.ts looks at those. */
export const SIDECARS: readonly ValueSet[] = [
  { title: 'a sidecar', values: { mode: 'sidecar', registries: [beside] } },
  {
    title: 'a sidecar of two registries in one volume, with all that belongs to it',
    values: {
      mode: 'sidecar',
      fullnameOverride: 'fsck',
      registries: [
        {
          name: 'private',
          storage: { podVolume: 'data', path: 'private' },
          settings: { against: 'http://127.0.0.1:5000' },
          credentials: { existingSecret: 'login' },
          profiles,
        },
        { name: 'dockerhub', storage: { podVolume: 'data', path: '/dockerhub/' }, settings: { 'pull-through': true } },
      ],
      podMonitor: { enabled: true, labels: { release: 'kps' } },
      prometheusRule: { enabled: true },
      dashboard: { enabled: true },
      sidecar: { registryContainer: 'hub' },
      podSecurityContext: { supplementalGroups: [1000] },
      extraVolumes: [{ name: 'scratch', emptyDir: {} }],
      extraVolumeMounts: [{ name: 'scratch', mountPath: '/scratch' }],
    },
  },
]

export const VALUE_SETS: readonly ValueSet[] = [
  { title: 'a CronJob over HTTP', values: { registries: [api], pushgateway } },
  { title: 'a CronJob that reads a claim', values: { registries: [disk], pushgateway } },
  {
    title: 'a CronJob that reads a directory of the node',
    values: { registries: [{ name: 'private', storage: { hostPath: '/srv/registry' } }], pushgateway },
    problems: ['volume registry-storage: hostPath'],
  },
  {
    title: 'the same on a server that does not know recursiveReadOnly',
    values: { registries: [{ name: 'private', storage: { hostPath: '/srv/registry' } }], pushgateway },
    release: { kubeVersion: '1.27' },
    problems: ['volume registry-storage: hostPath'],
  },
  {
    title: 'a CronJob that reads an NFS export',
    values: {
      registries: [{ name: 'private', storage: { nfs: { server: 'nas', path: '/export' }, path: 'registry' } }],
      pushgateway,
    },
    problems: ['volume registry-storage: nfs'],
  },
  {
    title: 'several registries, with secrets and settings of their own',
    values: {
      registries: [
        { ...api, credentials: { existingSecret: 'private-login' }, ca: { existingConfigMap: 'authority' } },
        {
          name: 'token.example.com',
          url: 'https://token.example.com:8443/prefix',
          interval: '1h',
          depth: 'graph',
          repositories: ['team/**', 'infra-ci'],
          exclude: ['scratch/**'],
          settings: { 'request-timeout': '1m', 'token-host': ['auth.example.com'], concurrency: 4 },
          credentials: { tokenSecret: { name: 'robot', key: 'token' } },
        },
        {
          name: 'certificate',
          url: 'https://mtls.example.com',
          interval: '1d',
          credentials: { clientCertSecret: 'client' },
          ca: { existingSecret: 'client', key: 'ca.pem' },
        },
        {
          ...disk,
          name: 'storage',
          deadline: '10m',
          resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '1Gi' } },
        },
      ],
      settings: { 'recheck-delay': '5s' },
      pushgateway,
    },
  },
  {
    title: 'a storage that is held against the API in front of it',
    values: {
      registries: [{ ...disk, settings: { against: url } }],
      pushgateway,
      credentials: { existingSecret: 'login' },
      networkPolicy: { enabled: true },
    },
  },
  {
    title: 'profiles, schedules and slices',
    values: {
      registries: [
        { ...api, profiles, shards: 4 },
        { name: 'odd', url, interval: '50m', schedule: '7,57 * * * *' },
        { name: 'seconds', url, interval: 600 },
      ],
      pushgateway: { url: 'https://push.example.com' },
    },
  },
  {
    title: 'a CronJob with all that monitoring needs',
    values: {
      registries: [{ ...api, profiles }],
      pushgateway,
      prometheusRule: { enabled: true, labels: { release: 'kps' }, runbookBase: 'https://wiki.example.com/runbooks/' },
      dashboard: { enabled: true, annotations: { grafana_folder: 'Registries' } },
      networkPolicy: { enabled: true, extraEgress: [{ ports: [{ port: 8080 }] }] },
    },
  },
  {
    title: 'a CronJob that keeps what it knows',
    values: { registries: [{ ...api, profiles }], pushgateway, persistence: { enabled: true, storageClass: 'fast' } },
    problems: ['pod: fsGroup gives files another owner', stateIsWritten],
  },
  {
    title: 'slices that share a claim beside the storage',
    values: {
      registries: [{ ...disk, shards: 2 }],
      pushgateway,
      persistence: { enabled: true, existingClaim: 'regfsck-state' },
    },
    problems: [stateIsWritten],
  },
  {
    title: 'metrics for node_exporter',
    values: { registries: [api], textfile: { hostPath: '/var/lib/node_exporter/textfile' } },
    problems: ['volume textfile: hostPath', 'regfsck: may write to /var/lib/textfile'],
  },
  { title: 'serve', values: { mode: 'serve', registries: [api] } },
  {
    title: 'serve with several registries, by API and by storage',
    values: {
      mode: 'serve',
      registries: [
        { ...api, profiles, ca: { existingConfigMap: 'private-authority' } },
        { name: 'mirror.example.com', url: 'https://mirror.example.com', settings: { 'allow-fetch': true } },
        { name: 'one', storage: { ...storage, path: 'one' } },
        { name: 'two', storage: { ...storage, path: 'two' }, interval: '2h', deadline: '90m' },
      ],
      credentials: { existingSecret: 'logins', tokenSecret: { name: 'robot', key: 'token' } },
      ca: { existingSecret: 'authority' },
      settings: { 'recheck-delay': '5s' },
      serve: { settings: { 'scans-at-once': 2, 'log-level': 'warn' } },
    },
  },
  {
    title: 'serve that keeps what it knows, with all that monitoring needs',
    values: {
      mode: 'serve',
      registries: [api],
      persistence: { enabled: true },
      serviceMonitor: {
        enabled: true,
        labels: { release: 'kps' },
        metricRelabelings: [{ action: 'labeldrop', regex: 'pod' }],
      },
      prometheusRule: { enabled: true, severities: { critical: 'page' }, disabled: ['RegistryIntegrityPushRejected'] },
      dashboard: { enabled: true },
      networkPolicy: { enabled: true, monitoringNamespaceLabels: { team: 'monitoring' } },
    },
    problems: ['pod: fsGroup gives files another owner', stateIsWritten],
  },
  {
    title: 'serve on IPv6, found by a PodMonitor',
    values: {
      mode: 'serve',
      registries: [api],
      serve: { listen: '[::]:8080' },
      service: { ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv6'], port: 80 },
      podMonitor: { enabled: true },
      networkPolicy: { enabled: true },
    },
  },
  {
    title: 'another name, an image by digest from a private mirror, a service account',
    values: {
      fullnameOverride: 'image-check',
      commonLabels: { team: 'platform' },
      image: { repository: 'mirror.example.com:5000/tools/regfsck', digest: `sha256:${'0a'.repeat(32)}` },
      imagePullSecrets: [{ name: 'mirror' }],
      serviceAccount: { create: true, annotations: { owner: 'platform' } },
      registries: [api],
      pushgateway,
      prometheusRule: { enabled: true },
    },
    release: { name: 'prod', namespace: 'ops' },
    problems: ['pod: has a service account of its own'],
  },
  {
    title: 'all that decides where a pod runs, and more of everything',
    values: {
      mode: 'serve',
      registries: [disk],
      nodeSelector: { disk: 'fast' },
      tolerations: [{ key: 'registry', operator: 'Exists' }],
      affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } },
      priorityClassName: 'low',
      podAnnotations: { note: 'x' },
      podLabels: { tier: 'ops' },
      extraArgs: ['--log-level=debug'],
      extraEnv: [{ name: 'HTTPS_PROXY', value: 'http://proxy:3128' }],
      extraVolumes: [
        { name: 'scratch', emptyDir: {} },
        { name: 'lists', configMap: { name: 'lists' } },
        { name: 'again', persistentVolumeClaim: { claimName: 'registry' } },
      ],
      extraVolumeMounts: [
        { name: 'scratch', mountPath: '/scratch' },
        { name: 'lists', mountPath: '/etc/lists' },
        { name: 'again', mountPath: '/again', readOnly: true },
      ],
    },
  },
  {
    title: 'serve that reads what runs in the cluster',
    values: {
      mode: 'serve',
      registries: [api],
      references: [{ name: 'cluster', kubernetes: {}, platform: 'auto', 'use-pull-secrets': true }],
      networkPolicy: { enabled: true, clusterPorts: [6443] },
      credentials: { existingSecret: 'login' },
      ca: { existingConfigMap: 'authority' },
    },
  },
  {
    title: 'serve that reads two namespaces, with an account that was there before',
    values: {
      mode: 'serve',
      references: [
        { name: 'shop', kubernetes: { namespaces: ['shop', 'search'] } },
        { name: 'files', from: ['/lists/images.yaml'] },
      ],
      serviceAccount: { name: 'regfsck-reader' },
      extraVolumes: [{ name: 'lists', configMap: { name: 'lists' } }],
      extraVolumeMounts: [{ name: 'lists', mountPath: '/lists' }],
    },
  },
  {
    title: 'OpenShift, which gives users of its own',
    values: {
      registries: [api],
      pushgateway,
      podSecurityContext: { runAsUser: null, runAsGroup: null },
    },
  },
]
