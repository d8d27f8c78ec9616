import type { CLUSTER_FAILURES } from '../../metrics/deployed/deployed-families.ts'

/** How it goes with a cluster that is followed. */
export interface ClusterHealth {
  /** Times that all objects of a resource were listed, since it is followed. */
  readonly lists: number
  /** Since it is followed. */
  readonly failures: Readonly<Record<(typeof CLUSTER_FAILURES)[number], number>>
  /** In how many places each resource cannot be read now: namespaces, or the cluster as a whole. */
  readonly unread: ReadonlyMap<string, number>
}
