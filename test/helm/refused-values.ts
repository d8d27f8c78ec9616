import type { Values } from './helm.ts'

/** Values that nothing is installed with. */
export interface Refused {
  readonly title: string
  /** Over those of a sound CronJob. */
  readonly values: Values
  /** What Helm has to say: all of it, without its own words around. */
  readonly says: readonly string[]
}

const url = 'https://registry.example.com'
/** A CronJob over HTTP; each of the others is wrong in one thing. */
export const SOUND: Values = { registries: [{ name: 'private', url }], pushgateway: { url: 'http://push:9091' } }
const disk = (storage: object, more: object = {}): Values => ({ registries: [{ name: 'private', storage, ...more }] })
const noPush = { pushgateway: { url: '' } }

/** Refused by values.schema.json. */
export const BY_SCHEMA: readonly Refused[] = [
  {
    title: 'a key that is misspelt',
    values: { registrys: [] },
    says: ['(root): Additional property registrys is not allowed'],
  },
  {
    title: 'a key of a registry that is misspelt',
    values: { registries: [{ name: 'private', ulr: url }] },
    says: ['registries.0: Additional property ulr is not allowed'],
  },
  {
    title: 'a key of the image that is misspelt',
    values: { image: { repo: 'x' } },
    says: ['image: Additional property repo is not allowed'],
  },
  {
    title: 'a mode that there is not',
    values: { mode: 'daemonset' },
    says: ['mode: mode must be one of the following: "cronjob", "serve", "sidecar"'],
  },
  {
    title: 'an option of scan that there is not',
    values: { settings: { 'request-timout': '5s' } },
    says: ['settings: Additional property request-timout is not allowed'],
  },
  { title: 'a registry without a name', values: { registries: [{ url }] }, says: ['registries.0: name is required'] },
  {
    title: 'a name that no object may have',
    values: { registries: [{ name: 'Private Registry', url }] },
    says: ["registries.0.name: Does not match pattern '^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$'"],
  },
  {
    title: 'a password in a URL',
    values: { registries: [{ name: 'private', url: 'https://robot:secret@registry.example.com' }] },
    says: ["registries.0.url: Does not match pattern '^https?://[^\\s/@]+(/[^\\s@]*)?$'"],
  },
  {
    title: 'a password in the URL of the Pushgateway',
    values: { pushgateway: { url: 'http://u:p@push:9091' } },
    says: ["pushgateway.url: Does not match pattern '^(https?://[^\\s/@]+(/[^\\s@]*)?)?$'"],
  },
  {
    title: 'a key of references that is misspelt',
    values: { references: [{ name: 'a', kubernetes: { namespace: ['shop'] } }] },
    says: ['references.0.kubernetes: Additional property namespace is not allowed'],
  },
  {
    title: 'a depth that there is not',
    values: { registries: [{ name: 'private', url, depth: 'all' }] },
    says: ['registries.0.depth: registries.0.depth must be one of the following: "graph", "blobs", "content"'],
  },
  {
    title: 'an interval in words',
    values: { interval: 'hourly' },
    says: ["interval: Does not match pattern '^(\\d+[smhd]?)+$'"],
  },
  {
    title: 'half a digest',
    values: { image: { digest: 'sha256:12ab' } },
    says: ["image.digest: Does not match pattern '^(sha256:[0-9a-f]{64})?$'"],
  },
  {
    title: 'a root that may be written to',
    values: { securityContext: { readOnlyRootFilesystem: false } },
    says: ['securityContext.readOnlyRootFilesystem: securityContext.readOnlyRootFilesystem does not match: true'],
  },
  {
    title: 'a mount that may be written to',
    values: { extraVolumeMounts: [{ name: 'a', mountPath: '/a', readOnly: false }] },
    says: ['extraVolumeMounts.0.readOnly: extraVolumeMounts.0.readOnly does not match: true'],
  },
  {
    title: 'a storage that is to be written to',
    values: disk({ existingClaim: 'registry', readOnly: false }),
    says: ['registries.0.storage: Additional property readOnly is not allowed'],
  },
]

/** Refused by the templates, because keys do not fit together. */
export const BY_CHECKS: readonly Refused[] = [
  {
    title: 'no registry',
    values: { registries: [] },
    says: ['registries: name at least one registry, such as {name: private, url: "https://registry.example.com"}'],
  },
  {
    title: 'what is deployed, in a CronJob',
    values: { references: [{ name: 'cluster', kubernetes: {} }] },
    says: ['references: only for mode: serve'],
  },
  {
    title: 'references that name nothing, both, or the same twice',
    values: {
      ...{ mode: 'serve', ...noPush },
      references: [{ name: 'a' }, { name: 'b', from: ['x'], kubernetes: {} }, { name: 'b', kubernetes: {} }],
    },
    says: [
      'references (a): expected kubernetes or from, one of the two',
      'references (b): expected kubernetes or from, one of the two',
      'references: two are called b',
    ],
  },
  {
    title: 'nobody who hears of it',
    values: noPush,
    says: [
      'pushgateway.url: a CronJob tells what it finds through a Pushgateway (or textfile); set it, or use mode: serve, which Prometheus scrapes',
    ],
  },
  {
    title: 'a Pushgateway for serve',
    values: { mode: 'serve' },
    says: ['pushgateway, textfile: only for mode: cronjob; in mode: serve Prometheus scrapes /metrics'],
  },
  {
    title: 'monitors of a CronJob',
    values: { serviceMonitor: { enabled: true }, podMonitor: { enabled: true } },
    says: [
      'serviceMonitor: only for mode: serve; what a CronJob pushes is scraped at the Pushgateway',
      'podMonitor: only for mode: serve and mode: sidecar; what a CronJob pushes is scraped at the Pushgateway',
      'podMonitor, serviceMonitor: enable one of the two; with both every metric is there twice',
    ],
  },
  {
    title: 'a registry that is neither here nor there',
    values: { registries: [{ name: 'a' }, { name: 'b', url, storage: { existingClaim: 'registry' } }] },
    says: [
      'registries (a): expected a url or a storage, one of the two',
      'registries (b): expected a url or a storage, one of the two',
    ],
  },
  {
    title: 'two registries of one name, as objects have it',
    values: { registries: ['a.b', 'a-b'].map((name) => ({ name, url })) },
    says: ['registries: two are called a-b'],
  },
  {
    title: 'two storages of one registry',
    values: disk({ existingClaim: 'registry', hostPath: '/srv' }),
    says: [
      'registries (private): storage: expected one of existingClaim, hostPath and nfs (podVolume is for mode: sidecar)',
    ],
  },
  {
    title: 'a state in the storage',
    values: {
      ...disk({ existingClaim: 'registry' }),
      persistence: { enabled: true, existingClaim: 'registry' },
    },
    says: [
      "registries (private): storage: registry is the registry's own claim; persistence and textfile would write to it",
    ],
  },
  {
    title: 'metrics written into the storage',
    values: {
      ...disk({ hostPath: '/srv/registry/' }),
      ...noPush,
      textfile: { hostPath: '/srv/registry/../registry/metrics' },
    },
    says: ['registries (private): storage: textfile.hostPath /srv/registry/../registry/metrics would write into it'],
  },
  {
    title: 'a new claim beside the storage, which would need an fsGroup',
    values: { ...disk({ existingClaim: 'registry' }), persistence: { enabled: true } },
    says: [
      "registries (private): storage: a new claim belongs to root, and the fsGroup that opens it would change the registry's files too; set persistence.existingClaim to one that uid 65532 may write to",
    ],
  },
  {
    title: 'an fsGroup',
    values: { podSecurityContext: { fsGroup: 1000 } },
    says: ['podSecurityContext.fsGroup: not here; it would give the files of a registry another group'],
  },
  {
    title: 'a volume in the place of the storage',
    values: {
      ...disk({ existingClaim: 'registry' }),
      extraVolumes: [{ name: 'registry-storage', emptyDir: {} }],
      extraVolumeMounts: [{ name: 'registry-storage', mountPath: '/a' }],
    },
    says: ['extraVolumes: there is a volume registry-storage already'],
  },
  {
    title: 'the storage, mounted once more',
    values: {
      ...disk({ existingClaim: 'registry' }),
      extraVolumeMounts: [{ name: 'registry-storage', mountPath: '/a' }],
    },
    says: ['extraVolumeMounts: there is no volume registry-storage in extraVolumes'],
  },
  {
    title: 'a sidecar that would mount, keep or cut off what is not its own',
    values: {
      ...disk({ existingClaim: 'registry' }),
      mode: 'sidecar',
      ...noPush,
      persistence: { enabled: true, existingClaim: 'x' },
      networkPolicy: { enabled: true },
    },
    says: [
      'networkPolicy: not for mode: sidecar; it would cut off the registry in the same pod',
      "persistence: not for mode: sidecar; the claim could be the registry's own, and would be mounted for writing",
      'registries (private): storage: a sidecar reads a volume of its pod: set podVolume, and nothing else',
    ],
  },
  {
    title: 'a sidecar that asks an API',
    values: { mode: 'sidecar', ...noPush },
    says: [
      'registries (private): a sidecar reads a volume of its pod: set storage.podVolume; a url is for the other modes',
    ],
  },
  {
    title: 'two logins of one process',
    values: {
      mode: 'serve',
      ...noPush,
      registries: ['a', 'b'].map((name) => ({ name, url, credentials: { existingSecret: `${name}-login` } })),
    },
    says: [
      'credentials.existingSecret: one process reads one docker config: put the logins of all registries into one Secret (here: a-login, b-login)',
    ],
  },
  {
    title: 'intervals that are no schedule',
    values: {
      registries: [
        { name: 'a', url, interval: '50m' },
        { name: 'b', url, interval: '2m' },
        { name: 'c', url, schedule: '5 * * * *' },
      ],
    },
    says: [
      'registries (a): no cron schedule follows from an interval of 50m; set schedule too',
      'registries (b): interval: expected at least 5m, not 2m; scan more often with mode: serve',
      'registries (c): set interval too where schedule is set: alerts count in it',
    ],
  },
  {
    title: 'a name that is too long for a CronJob',
    values: { fullnameOverride: 'a'.repeat(50) },
    says: [
      `registries (private): ${'a'.repeat(50)}-private is too long for a CronJob (52 characters at most); set a shorter fullnameOverride`,
    ],
  },
  {
    title: 'what the chart writes itself',
    values: { mode: 'serve', ...noPush, serve: { settings: { listen: '0.0.0.0:80' } } },
    says: ['serve.settings.listen: the chart writes this key itself, from other values'],
  },
]
