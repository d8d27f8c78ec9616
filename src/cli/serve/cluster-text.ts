import type { ClusterHealth } from '../../serve/deployed/cluster-health.ts'
import type { TextSource } from '../../serve/schedule/text-source.ts'
import type { ClusterImages } from '../../sources/kubernetes/cluster-images.ts'
import type { ClusterSettings } from '../../sources/kubernetes/settings.ts'

/** What is deployed and runs in a cluster, for the standard input of `check --from -`. The first read begins to follow it. */
export function clusterText(settings: ClusterSettings): TextSource {
  let following: Promise<ClusterImages> | undefined
  let followed: ClusterImages | undefined
  let isOver = false
  return {
    read: async (signal) => {
      following ??= follow(settings)
      const cluster = await following
      followed = cluster
      if (isOver) throw new Error('the cluster is no longer followed')
      const { text } = await cluster.snapshot(signal)
      return text
    },
    health: () => healthOf(followed),
    stop: () => {
      isOver = true
      void following?.then(
        (cluster) => {
          cluster.stop()
        },
        // The run that read it has reported this.
        () => undefined,
      )
    },
  }
}

function healthOf(cluster: ClusterImages | undefined): ClusterHealth {
  if (cluster === undefined) return { lists: 0, failures: { denied: 0, expired: 0, cut: 0, failed: 0 }, unread: NONE }
  const { lists, ...failures } = cluster.counts
  return { lists, failures, unread: cluster.unread }
}

const NONE: ReadonlyMap<string, number> = new Map()

/** The client of Kubernetes is large, and most servers need none. */
async function follow(settings: ClusterSettings): Promise<ClusterImages> {
  const { ClusterImages } = await import('../../sources/kubernetes/cluster-images.ts')
  return new ClusterImages(settings)
}
