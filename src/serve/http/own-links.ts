import { identityOf } from '../../metrics/metrics.ts'
import { type Sample, TargetSamples } from '../../metrics/samples.ts'
import { addLinks } from '../../metrics/target-samples.ts'
import { deployedIn } from '../../report/html/deployed/deployed-paths.ts'
import { pageIn } from '../../report/html/registry/paths.ts'
import type { DeployedPlan } from '../deployed/deployed-plan.ts'
import type { Plan } from '../schedule/plan.ts'

/**
 * The plan with links to the server's own pages, where the configuration sets none.
 *
 * @param externalUrl URL of the server for its users; `undefined`: unknown, so nothing is linked
 */
export function withOwnLinks(plan: Plan, externalUrl: string | undefined): Plan {
  if (externalUrl === undefined) return plan
  const base = externalUrl.replace(/\/+$/, '')
  const { report = pageIn(base, plan), runbooks = `${base}/runbooks` } = plan.links
  return { ...plan, links: { report, runbooks } }
}

/** The same for a set of references. */
export function withOwnDeployedLinks(plan: DeployedPlan, externalUrl: string | undefined): DeployedPlan {
  if (externalUrl === undefined) return plan
  const base = externalUrl.replace(/\/+$/, '')
  return { ...plan, links: { report: deployedIn(base, plan.registry), runbooks: `${base}/runbooks` } }
}

/** The links of today's configuration, which may differ from those at the time of the last scan. */
export function linkSamples(plan: Plan): readonly Sample[] {
  const samples = new TargetSamples(identityOf(plan.registry, plan))
  addLinks(samples, plan.links)
  return samples.of('run')
}
