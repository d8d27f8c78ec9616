import type { PreviewedRegistry } from '../../metrics/gc-preview/preview-metrics.ts'
import { writeWholeFile } from '../files/whole-file.ts'
import type { MetricsRequest } from '../options/metrics-request.ts'

/** The metrics of a preview, and what of them could not be delivered, as sentences. */
export interface DeliveredMetrics {
  readonly exposition: string
  readonly problems: readonly string[]
}

/** Makes the metrics of a run, and pushes or writes them. Their code is loaded only if an option asks for them. */
export async function deliverMetrics(
  registries: readonly PreviewedRegistry[],
  { isWanted, interval, links, textfile, push }: MetricsRequest,
  { finishedAt, signal }: { readonly finishedAt: Date; readonly signal: AbortSignal },
): Promise<DeliveredMetrics> {
  if (!isWanted) return { exposition: '', problems: [] }
  const { previewMetrics } = await import('../../metrics/gc-preview/preview-metrics.ts')
  const made = await previewMetrics(registries, { interval, links }, finishedAt)
  const problems: string[] = []
  if (textfile !== undefined) {
    const { writeTextfiles } = await import('../../metrics/textfile.ts')
    problems.push(...writeTextfiles(made, textfile, writeWholeFile))
  }
  if (push !== undefined) {
    const { pushMetrics } = await import('../../metrics/pushgateway.ts')
    problems.push(...(await pushMetrics(made, { url: push, signal })))
  }
  return { exposition: made.whole, problems }
}
