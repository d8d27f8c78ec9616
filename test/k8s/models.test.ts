import { beforeAll, describe, expect, it } from 'vitest'
import { scratch } from '../support/scratch.ts'
import { type KubeObject, nameOf, overlays, put, rendered } from './manifests.ts'
import { modelErrors } from './model-check.ts'

interface Mistake {
  readonly title: string
  /** Overlay and kind. */
  readonly where: string
  readonly path: string
  /** What stands there then; `undefined`: nothing. */
  readonly value: unknown
  /** What the compiler has to say. */
  readonly said: RegExp
}

const POD = 'spec.jobTemplate.spec.template.spec'

const MISTAKES: readonly Mistake[] = [
  {
    title: 'a key that is misspelt',
    where: 'http CronJob',
    path: 'spec.concurencyPolicy',
    value: 'Forbid',
    said: /'"concurencyPolicy"' does not exist/,
  },
  {
    title: 'text for a number',
    where: 'http CronJob',
    path: 'spec.jobTemplate.spec.backoffLimit',
    value: '1',
    said: /'string' is not .* 'number'/,
  },
  {
    title: 'a number for text',
    where: 'http CronJob',
    path: `${POD}.containers.0.env.0.value`,
    value: 1,
    said: /'number' is not .* 'string'/,
  },
  {
    title: 'an apiVersion that is gone',
    where: 'http CronJob',
    path: 'apiVersion',
    value: 'batch/v1beta1',
    said: /'batch\/v1beta1 CronJob' does not exist/,
  },
  {
    title: 'a kind that there is not',
    where: 'http CronJob',
    path: 'kind',
    value: 'Cronjob',
    said: /'batch\/v1 Cronjob' does not exist/,
  },
  {
    title: 'a policy that there is not',
    where: 'http CronJob',
    path: 'spec.concurrencyPolicy',
    value: 'Never',
    said: /'"Never"' is not assignable/,
  },
  {
    title: "a pod's condition without its type",
    where: 'http CronJob',
    path: 'spec.jobTemplate.spec.podFailurePolicy.rules.1.onPodConditions.0',
    value: {},
    said: /missing the following properties/,
  },
  {
    title: 'an unknown field of a pod',
    where: 'http CronJob',
    path: `${POD}.serviceAcount`,
    value: 'x',
    said: /'"serviceAcount"' does not exist/,
  },
  {
    title: 'a mount that is readonly, and not readOnly',
    where: 'storage CronJob',
    path: `${POD}.containers.0.volumeMounts.3.readonly`,
    value: true,
    said: /'"readonly"' does not exist/,
  },
  {
    title: 'a read-only root misspelt',
    where: 'http CronJob',
    path: `${POD}.containers.0.securityContext.readOnlyRootFileSystem`,
    value: true,
    said: /'"readOnlyRootFileSystem"' does not exist/,
  },
  {
    title: 'a container without a name',
    where: 'sidecar Deployment',
    path: 'spec.template.spec.containers.1.name',
    value: undefined,
    said: /Property '"?name"?' is missing/,
  },
  {
    title: 'a strategy that there is not',
    where: 'serve Deployment',
    path: 'spec.strategy.type',
    value: 'Recrate',
    said: /'"Recrate"' is not assignable/,
  },
  {
    title: 'a probe without a port',
    where: 'serve Deployment',
    path: 'spec.template.spec.containers.0.livenessProbe.httpGet.port',
    value: undefined,
    said: /Property '"?port"?' is missing/,
  },
  {
    title: 'a port of a service in words',
    where: 'serve Service',
    path: 'spec.ports.0.port',
    value: 'http',
    said: /'string' is not .* 'number'/,
  },
  {
    title: 'a single policy type',
    where: 'full NetworkPolicy',
    path: 'spec.policyTypes',
    value: 'Egress',
    said: /'string' is not assignable/,
  },
  {
    title: 'a rule without an expression',
    where: 'full PrometheusRule',
    path: 'spec.groups.0.rules.0.expr',
    value: undefined,
    said: /Property '"?expr"?' is missing/,
  },
  {
    title: 'an interval misspelt',
    where: 'serve ServiceMonitor',
    path: 'spec.endpoints.0.intervall',
    value: '60s',
    said: /'"intervall"' does not exist/,
  },
  {
    title: 'endpoints of pods misspelt',
    where: 'sidecar PodMonitor',
    path: 'spec.podMetricEndpoints',
    value: [],
    said: /'"podMetricEndpoints"' does not exist/,
  },
  {
    title: 'a list in place of a value',
    where: 'http ConfigMap',
    path: 'data.TARGET',
    value: ['a'],
    said: /'string\[\]' is not assignable/,
  },
]

describe('every object of every overlay', () => {
  let errors: ReadonlyMap<string, readonly string[]>
  const good = new Map(
    overlays().flatMap((overlay) =>
      rendered(overlay).map((object) => [`${overlay}: ${nameOf(object)}`, object] as const),
    ),
  )

  // One run of the compiler for all of them.
  const directory = scratch()
  beforeAll(() => {
    const bad = MISTAKES.map((mistake) => [mistake.title, planted(mistake)] as const)
    errors = modelErrors(Object.fromEntries([...good, ...bad]), directory)
  })

  it.each([...good.keys()])('%s is what Kubernetes takes it for', (name) => {
    expect(errors.get(name) ?? []).toEqual([])
  })

  it.each(MISTAKES)('would not be, with $title', ({ title, said }) => {
    expect(errors.get(title)?.join('\n')).toMatch(said)
  })
})

/** A copy of the first object of a kind, with the mistake. */
function planted({ where, path, value }: Mistake): KubeObject {
  const [overlay = '', kind] = where.split(' ')
  const copy = structuredClone(rendered(overlay).find((object) => object.kind === kind))
  if (copy === undefined) throw new Error(`no ${where}`)
  put(copy, path, value)
  return copy
}
