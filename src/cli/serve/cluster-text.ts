import type { TextSource } from '../../serve/schedule/text-source.ts'
import type { ClusterImages } from '../../sources/kubernetes/cluster-images.ts'
import type { ClusterSettings } from '../../sources/kubernetes/settings.ts'

/** What is deployed and runs in a cluster, for the standard input of `check --from -`. The first read begins to follow it. */
export function clusterText(settings: ClusterSettings): TextSource {
  let following: Promise<ClusterImages> | undefined
  let isOver = false
  return {
    read: async (signal) => {
      following ??= follow(settings)
      const cluster = await following
      if (isOver) throw new Error('the cluster is no longer followed')
      const { text } = await cluster.snapshot(signal)
      return text
    },
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

/** The client of Kubernetes is large, and most servers need none. */
async function follow(settings: ClusterSettings): Promise<ClusterImages> {
  const { ClusterImages } = await import('../../sources/kubernetes/cluster-images.ts')
  return new ClusterImages(settings)
}
