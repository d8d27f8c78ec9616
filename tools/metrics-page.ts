import { FAMILIES, PREFIX } from '../src/metrics/catalogue.ts'
import { DEPLOYED_FAMILIES, DEPLOYED_SERVE_FAMILIES } from '../src/metrics/deployed/deployed-families.ts'
import type { Family, FamilyGroup } from '../src/metrics/family.ts'
import { PREVIEW_FAMILIES } from '../src/metrics/gc-preview/preview-families.ts'
import { LEGACY_FAMILIES } from '../src/metrics/legacy-families.ts'
import { SERVE_FAMILIES, type ServeFamily } from '../src/metrics/serve-families.ts'

const GROUPS: Readonly<Record<FamilyGroup, { readonly title: string; readonly says: string }>> = {
  run: { title: 'About the run', says: 'Replaced by every run, whatever its outcome.' },
  findings: {
    title: 'About what is wrong',
    says: 'Replaced by every complete run. An incomplete run replaces them if it found errors: there may be more. With `--state`, failures and repositories then also count what earlier runs found and this one could not check; tags do not, because their state is unknown.',
  },
  result: {
    title: 'About the registry',
    says: 'Replaced by complete runs only; otherwise the last values remain.',
  },
}

/** The text of `docs/metrics.md`. */
export function metricsPage(): string {
  return `${[
    '# Metrics',
    '<!-- Written by `npm run metrics` from src/metrics/catalogue.ts: change that. -->',
    `All metrics except those of \`regfsck serve\` are gauges. **An absent series was not checked; 0 means checked, and nothing found.** Every series has the label \`registry\`, and \`profile\` and \`shard\` if they are set. Findings of a scan that was stopped before the second look are not counted. No label contains a digest, a tag or an error text, and no URL except those you set for \`links_info\`. A registry has about 80 series, however many repositories it has.`,
    ...Object.entries(GROUPS).flatMap(([group, { title, says }]) => [
      `## ${title}`,
      says,
      ...Object.entries(FAMILIES)
        .filter(([, family]) => family.group === group)
        .map(([name, family]) => entry(name, family)),
    ]),
    '## Of `regfsck serve` only',
    "They cover all runs of the process. prom-client's own metrics of the process are there too (`process_…`, `nodejs_…`).",
    ...Object.entries(SERVE_FAMILIES).map(([name, family]) => serveEntry(name, family)),
    '## About what is deployed',
    'Of `regfsck serve` with [`references`](serve.md#what-is-deployed). Every series has the label `references`, the name of the set, and not `registry`. The families about one run are gauges and are replaced as above: those about images and workloads by complete runs, those about what is wrong also by a run that found errors. What an incomplete run could not check again is still counted.',
    ...Object.entries(DEPLOYED_FAMILIES).map(([name, family]) => entry(name, family)),
    ...Object.entries(DEPLOYED_SERVE_FAMILIES).map(([name, family]) =>
      serveEntry(name, { ...family, isAboutServe: false }),
    ),
    '## About garbage collection',
    'Of [`regfsck gc-preview`](gc-preview.md) with `--push` or `--textfile`. Every series has the label `registry`, and the `profile` `gc-preview`, so that they stand beside those of scans. They are replaced as above: those about what it would free by complete runs, those about what would stop or break also by a run that found something.',
    ...Object.entries(PREVIEW_FAMILIES).map(([name, family]) => entry(name, family)),
    "## The shell probe's names",
    'With `--legacy-metrics`. The label is `instance`, with the value of `registry`; `profile` and `shard` if they are set. Each is replaced together with the metric it repeats.',
    Object.entries(LEGACY_FAMILIES)
      .map(([name, { help }]) => `- \`${name}\`: ${help.replaceAll(/registry_integrity_\w+/g, '`$&`')}`)
      .join('\n'),
  ].join('\n\n')}\n`
}

function serveEntry(name: string, { type, help, labels, isAboutServe }: ServeFamily): string {
  return [
    `### \`${PREFIX}${name}\``,
    `A ${type}${isAboutServe === true ? ', without `registry` and `profile`' : ''}. ${help}`,
    ...Object.entries(labels).map(
      ([label, values]) => `- \`${label}\`: ${values.map((value) => `\`${value}\``).join(', ')}`,
    ),
  ].join('\n\n')
}

function entry(name: string, { help, labels, absent }: Family): string {
  return [
    `### \`${PREFIX}${name}\``,
    help,
    ...Object.entries(labels).map(
      ([label, values]) =>
        `- \`${label}\`: ${typeof values === 'string' ? values : values.map((value) => `\`${value}\``).join(', ')}`,
    ),
    ...(absent === undefined ? [] : [`- absent: ${absent}`]),
  ]
    .join('\n')
    .replaceAll('__other__', '`__other__`')
    .replace('\n', '\n\n')
    .replace(/\n- /, '\n\n- ')
}
