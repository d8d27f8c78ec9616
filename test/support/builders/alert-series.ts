type Series = readonly [series: string, value: number]

const DAY = 86_400

/** The stage: one registry is reported, then none, then all that fail, then some grow worse or are gone. */
export type Chapter = 'before' | 'silence' | 'early' | 'late'

/**
 * The series of registries in states that take hours or days to get into: one for each alert, so that none mutes another. For
 * rules that are 600 times as fast as in earnest.
 *
 * @param exporter the text of a real exporter, which is reported after the silence
 */
export async function alertSeries(chapter: Chapter, exporter: () => Promise<string>): Promise<string> {
  if (chapter === 'before')
    return textOf([...runs('gone'), of('gone', 'links_info', 1, 'runbooks="https://status.lan/ops/runbooks"')])
  const suspended: Series = ['kube_cronjob_spec_suspend{namespace="regfsck",cronjob="regfsck"}', 1]
  if (chapter === 'silence') return textOf([suspended])
  return `${await exporter()}${textOf([suspended, ...failingRegistries(chapter === 'early')])}`
}

function textOf(series: readonly Series[]): string {
  return series.map(([name, value]) => `${name} ${value}\n`).join('')
}

function failingRegistries(isEarly: boolean): readonly Series[] {
  const now = Date.now() / 1000
  const damaged = [
    ...runs('damaged'),
    ...damage('damaged', 'layer-missing', 2),
    of('damaged', 'links_info', 1, 'report="https://status.lan/damaged"'),
  ]
  return [
    ...runs('well'),
    ...(isEarly ? damaged : []),
    ...runs('growing'),
    ...damage('growing', 'layer-missing', isEarly ? 1 : 3),
    ...runs('corrupt'),
    ...damage('corrupt', 'blob-digest-mismatch', 1),
    ...runs('stale', { last_success_timestamp_seconds: now - 3000 }),
    ...runs('lost', { last_success_timestamp_seconds: now - 15_000 }),
    ...runs('refused', { catalog_accessible: 0 }),
    of('refused', 'catalog_error', 1, 'reason="unauthorized"'),
    ...runs('failing', { run_success: 0 }),
    ...runs('slow', { run_duration_seconds: 800 }),
    ...runs('ahead', { last_run_timestamp_seconds: now + 4000 }),
    ...runs('shrunk', { repositories: isEarly ? 10 : 4 }),
    ...deployed(now),
    ...previews(now),
    ['push_time_seconds{job="registry-integrity",registry="rejected"}', now - 100],
    ['push_failure_time_seconds{job="registry-integrity",registry="rejected"}', now - 50],
    ['push_time_seconds{job="registry-integrity",registry="abandoned"}', now - 8 * DAY],
    ['registry_integrity_run_interval_seconds{job="registry-integrity",registry="abandoned"}', 900],
  ]
}

/** A set that needs what is gone, and has not been checked for long; a cluster that is not read. */
function deployed(now: number): readonly Series[] {
  return [
    ['registry_integrity_deployed_findings{references="shop",reason="image-unpullable"}', 1],
    ['registry_integrity_deployed_findings{references="shop",reason="running-image-gone"}', 2],
    [
      'registry_integrity_deployed_workload_failures{references="shop",workload="Deployment shop/web",file="web.yaml"}',
      3,
    ],
    ['registry_integrity_deployed_failing_workloads{references="shop"}', 1],
    ['registry_integrity_deployed_last_success_timestamp_seconds{references="shop"}', now - 3000],
    ['registry_integrity_deployed_run_interval_seconds{references="shop"}', 900],
    ['registry_integrity_deployed_last_success_timestamp_seconds{references="denied"}', now - 15_000],
    ['registry_integrity_deployed_run_interval_seconds{references="denied"}', 900],
    ['registry_integrity_deployed_cluster_unread_resources{references="denied",resource="pods"}', 1],
  ]
}

/** A collection that would break images, one that would stop, and one that was not previewed for long. */
function previews(now: number): readonly Series[] {
  const run = 'engine="2.8",delete_untagged="true"'
  return [
    of('breaking', 'gc_preview_breaking_images', 2, `kind="tag",${run}`),
    of('breaking', 'gc_preview_breaking_deployed_images', 1, run),
    of('breaking', 'gc_preview_links_info', 1, 'report="https://status.lan/breaking"'),
    of('stopping', 'gc_preview_aborting_files', 1, run),
    of('unpreviewed', 'gc_preview_last_success_timestamp_seconds', now - 3000),
    of('unpreviewed', 'gc_preview_run_interval_seconds', 900),
  ]
}

function runs(registry: string, differing: Readonly<Record<string, number>> = {}): Series[] {
  const now = Date.now() / 1000
  const well = { last_run_timestamp_seconds: now, last_success_timestamp_seconds: now, run_success: 1 }
  const values = { ...well, run_interval_seconds: 900, run_duration_seconds: 10, ...differing }
  return Object.entries(values).map(([name, value]) => of(registry, name, value))
}

function damage(registry: string, reason: string, count: number): Series[] {
  return [
    of(registry, 'failures', count, `reason="${reason}"`),
    of(registry, 'failing_repositories', 1),
    of(registry, 'repository_failures', count, 'repository="team/app"'),
  ]
}

function of(registry: string, name: string, value: number, labels = ''): Series {
  return [`registry_integrity_${name}{registry="${registry}"${labels === '' ? '' : `,${labels}`}}`, value]
}
