/**
 * The groups that Kubernetes itself serves. Of these, only workloads name images that a node pulls; in others a word
 * `image` means something else: schemas of custom resources, past revisions, the images that a node has cached.
 */
const BUILT_IN: ReadonlySet<string> = new Set([
  '',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'apps',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'extensions',
  'flowcontrol.apiserver.k8s.io',
  'internal.apiserver.k8s.io',
  'kustomize.config.k8s.io',
  'metrics.k8s.io',
  'networking.k8s.io',
  'node.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'resource.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
  'storagemigration.k8s.io',
])

/**
 * Groups whose resources speak about images that they do not run: patterns of policies, reports of scanners, names
 * that an updater watches. Each with all groups below it.
 */
const ABOUT_IMAGES: readonly string[] = [
  'aquasecurity.github.io',
  'argocd-image-updater.argoproj.io',
  'gatekeeper.sh',
  'image.openshift.io',
  'image.toolkit.fluxcd.io',
  'kyverno.io',
  'policies.kubewarden.io',
  'policy.sigstore.dev',
  'reports.kyverno.io',
  'softwarecomposition.kubescape.io',
  'wgpolicyk8s.io',
]

/** Whether a group is Kubernetes' own. */
export function isBuiltIn(group: string): boolean {
  return BUILT_IN.has(group)
}

/** Whether the resources of a group speak about images that they do not run. */
export function isAboutImages(group: string): boolean {
  return ABOUT_IMAGES.some((other) => group === other || group.endsWith(`.${other}`))
}
