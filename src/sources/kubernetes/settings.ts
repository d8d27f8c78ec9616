/** Which cluster is read, and what of it. */
export interface ClusterSettings {
  /** A kubeconfig file. Without it: `KUBECONFIG`, `~/.kube/config`, or the service account of the pod. */
  readonly kubeconfig?: string
  /** Of the kubeconfig; without it the current one. */
  readonly context?: string
  /** Empty: all. */
  readonly namespaces: readonly string[]
  /** Of pods and workloads, as in `kubectl get --selector`. */
  readonly labelSelector?: string
  /** Whether nodes are read, for their platforms. Rights in single namespaces do not include nodes. */
  readonly nodes: boolean
  /** Whether pull secrets are read, and the service accounts that name them. */
  readonly pullSecrets: boolean
}
