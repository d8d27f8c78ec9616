import { basename, resolve } from 'node:path'
import type { UncheckedRecord } from '../../check/records.ts'
import { TargetError } from '../../check/source.ts'
import { type FoundRegistry, locateRegistries } from '../../sources/storage/locate/locate.ts'
import { UsageError } from '../options/usage-error.ts'
import type { GcPreviewRequest } from './gc-preview-request.ts'

/** One registry to preview, or a target without one. */
export type PreviewJob = { readonly target: string; readonly registry: string } & (
  | {
      readonly is: 'found'
      readonly found: FoundRegistry
      /** Places that could not be listed during the search for registries, or were left out. */
      readonly unlisted: readonly UncheckedRecord[]
    }
  | { readonly is: 'unreadable'; readonly reason: string }
)

/** @throws {UsageError} if two registries would have the same name */
export async function previewJobs(
  request: Pick<GcPreviewRequest, 'targets' | 'registry' | 'followSymlinks' | 'isExcludedTarget'>,
): Promise<{ readonly jobs: readonly PreviewJob[]; readonly located: readonly FoundRegistry[] }> {
  const jobs: PreviewJob[] = []
  for (const target of request.targets) jobs.push(...(await jobsAt(target, request)))
  requireDistinct(jobs, request.registry)
  return { jobs, located: jobs.flatMap((job) => (job.is === 'found' ? job.found : [])) }
}

async function jobsAt(
  target: string,
  {
    registry,
    followSymlinks,
    isExcludedTarget,
  }: Pick<GcPreviewRequest, 'registry' | 'followSymlinks' | 'isExcludedTarget'>,
): Promise<readonly PreviewJob[]> {
  try {
    const { found, unchecked } = await locateRegistries(target, { followSymlinks, isExcluded: isExcludedTarget })
    return found.map((each, n) => ({
      is: 'found',
      target: each.root,
      registry: registry ?? each.label,
      found: each,
      unlisted: n === 0 ? unchecked : [],
    }))
  } catch (error) {
    if (!(error instanceof TargetError)) throw error
    return [{ is: 'unreadable', target, registry: registry ?? basename(resolve(target)), reason: error.message }]
  }
}

function requireDistinct(jobs: readonly PreviewJob[], named: string | undefined): void {
  const labels = jobs.map(({ registry }) => registry)
  const twice = labels.find((label, n) => labels.indexOf(label) !== n)
  if (twice === undefined) return
  const paths = jobs.filter(({ registry }) => registry === twice).map(({ target }) => target)
  const what =
    named === undefined ? `would all be called ${JSON.stringify(twice)}` : 'cannot all have the name of --registry'
  throw new UsageError([`${paths.join(', ')} ${what}: preview them one by one, each with --registry NAME`])
}
