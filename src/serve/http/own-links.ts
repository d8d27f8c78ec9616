import { identityOf } from '../../metrics/metrics.ts'
import { type Sample, Samples } from '../../metrics/samples.ts'
import { addLinks } from '../../metrics/target-samples.ts'
import { pageIn } from '../../report/html/registry/paths.ts'
import type { Plan } from '../schedule/plan.ts'

/**
 * A plan whose alerts link the server's own pages, where it does not say what they are to link.
 *
 * @param externalUrl where others reach the server; `undefined`: nobody knows, and nothing is linked
 */
export function withOwnLinks(plan: Plan, externalUrl: string | undefined): Plan {
  if (externalUrl === undefined) return plan
  const base = externalUrl.replace(/\/+$/, '')
  const { report = pageIn(base, plan), runbooks = `${base}/runbooks` } = plan.links
  return { ...plan, links: { report, runbooks } }
}

/** Links are told of as they are now, not as they were when the registry was last scanned. */
export function linksOf(plan: Plan): readonly Sample[] {
  const samples = new Samples(identityOf(plan.registry, plan))
  addLinks(samples, plan.links)
  return samples.of('run')
}
