import { setImmediate as tick } from 'node:timers/promises'
import { ClusterImages } from '../../src/sources/kubernetes/cluster-images.ts'

/** What a follower is asked. */
export interface Question {
  readonly tag: string
  /** Whether garbage is collected before memory is measured. */
  readonly collect: boolean
}

/** What a follower tells of a snapshot. */
export interface Told {
  readonly hasTag: boolean
  readonly pods: number
  readonly problems: readonly string[]
  /** Bytes. */
  readonly resident: number
  readonly heap: number
  readonly counts: object
}

/** A process that follows the cluster of the kubeconfig in its arguments. Asked for a tag, it makes a snapshot. */
const [, , kubeconfig = ''] = process.argv
let elapsed = 0
const cluster = new ClusterImages(
  { kubeconfig, namespaces: [], nodes: true, pullSecrets: false },
  {
    now: () => new Date(elapsed),
    elapsed: () => elapsed,
    random: () => 1,
    // A week in minutes: waits are over at once, but the clock of the watches goes on.
    sleep: async (milliseconds, signal) => {
      // How long a snapshot waits for the lists: that takes its time here too.
      if (milliseconds === 120_000) await new Promise((resolve) => signal.addEventListener('abort', resolve))
      elapsed += milliseconds
      await tick()
    },
  },
)

process.on('message', ({ tag, collect }: Question) => {
  // Since the last one a watch has lasted its time.
  elapsed += 300_000
  void tell(tag, collect)
})

async function tell(tag: string, collect: boolean): Promise<void> {
  const { text, problems, counts } = await cluster.snapshot(new AbortController().signal)
  const hasTag = text.includes(`:${tag}"`)
  const pods = text.split('"kind":"Pod"').length - 1
  if (collect) globalThis.gc?.()
  const { rss: resident, heapUsed: heap } = process.memoryUsage()
  process.send?.({ hasTag, pods, problems, resident, heap, counts } satisfies Told)
}

process.once('disconnect', () => {
  cluster.stop()
})
