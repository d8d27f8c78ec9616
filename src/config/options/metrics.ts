/** Options for metrics. */
export const METRICS = {
  push: {
    help: 'push metrics to this Pushgateway',
    is: 'text',
    value: 'url',
    commands: ['scan', 'gc-preview'],
    key: ['defaults'],
  },
  textfile: {
    help: 'write metrics to this directory for the textfile collector of node_exporter',
    is: 'directory',
    value: 'directory',
    commands: ['scan', 'gc-preview'],
    key: ['defaults'],
  },
  interval: {
    help: 'how often this runs; staleness alerts are measured in multiples of it',
    is: 'duration',
    value: 'duration',
    // No schedule is shorter. Staleness alerts use three times the interval: with 0 they would always fire.
    least: 1000,
    default: '15m',
    commands: ['scan', 'gc-preview'],
    key: ['scan'],
    differs: { 'gc-preview': { default: 'none', otherwise: '`1w`' } },
  },
  'repository-metrics': {
    help: 'how many repositories get their own series, worst first; `0`: none',
    is: 'count',
    value: 'n',
    least: 0,
    most: 100,
    default: '20',
    commands: ['scan'],
    key: ['scan'],
  },
  'legacy-metrics': {
    help: 'also write the metrics of the shell probe under their old names',
    is: 'switch',
    commands: ['scan'],
    key: ['scan'],
  },
  'report-url': {
    help: 'where people read this report; alerts and the dashboard link to it',
    is: 'text',
    value: 'url',
    commands: ['scan', 'gc-preview'],
    key: ['scan'],
  },
  'runbook-url': {
    help: 'where people read the [runbooks](runbooks); alerts link to `NAME.md` below it',
    is: 'text',
    value: 'url',
    commands: ['scan', 'gc-preview'],
    key: ['scan'],
  },
  profile: {
    help: 'a name for this scan configuration, if you run more than one per registry',
    is: 'text',
    value: 'name',
    commands: ['scan'],
  },
} as const
