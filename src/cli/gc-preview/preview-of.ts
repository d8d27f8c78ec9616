import { TargetError } from '../../check/source.ts'
import { collect } from '../../gc/collect.ts'
import { makePreview } from '../../gc/preview/make-preview.ts'
import { reportedFindings } from '../../gc/preview/reported.ts'
import { readinessOf } from '../../gc/readiness.ts'
import type { PreviewedTarget } from '../../report/preview/preview-report.ts'
import { readCollection } from '../../sources/storage/read-collection.ts'
import { threadPool } from '../../sources/storage/thread-pool.ts'
import { threadsHang } from '../process/thread-ends.ts'
import { imagesIn } from './deployed-images.ts'
import type { GcPreviewRequest } from './gc-preview-request.ts'
import type { PreviewJob } from './preview-jobs.ts'

/** Reads one registry and computes what collections would do to it. */
export async function previewOf(
  job: PreviewJob,
  how: Pick<GcPreviewRequest, 'runs' | 'deployed' | 'host' | 'followSymlinks' | 'threads'> & {
    readonly onStuckThread: () => void
    readonly signal: AbortSignal
  },
): Promise<PreviewedTarget> {
  const { target, registry } = job
  if (job.is === 'unreadable') return { is: 'unreadable', target, registry, reason: job.reason }
  try {
    const { inventory, moved } = await readCollection(job.found, {
      followSymlinks: how.followSymlinks,
      signal: how.signal,
      pool: (data) => threadPool(data, how.threads),
      onClose: async (closed) => {
        if (await threadsHang(closed)) how.onStuckThread()
      },
    })
    const repositories = new Set(inventory.repositories.found.map(({ name }) => name))
    const { deployed, runs } = how
    const preview = makePreview({
      target,
      registry,
      inventory,
      outcomes: runs.map((run) => collect(inventory, run)),
      readiness: runs.some(({ engine }) => engine === '3') ? readinessOf(inventory) : undefined,
      deployed: deployed && imagesIn(deployed, { host: how.host, repositories }),
      unchecked: [...job.unlisted, ...moved, ...(deployed?.unchecked ?? [])],
    })
    return { is: 'previewed', preview, findings: reportedFindings(preview) }
  } catch (error) {
    if (how.signal.aborted) return { is: 'unreadable', target, registry, reason: 'stopped before it was read' }
    if (!(error instanceof TargetError)) throw error
    return { is: 'unreadable', target, registry, reason: error.message }
  }
}
