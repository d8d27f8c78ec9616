/** Twenty minutes become two seconds. */
const FACTOR = 600

const MILLISECONDS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** Where Prometheus' rules and Alertmanager's configuration speak of time: waits, ranges, steps and offsets. */
const SPAN = /(\b(?:for|group_wait|group_interval|repeat_interval): |\boffset |\[|(?<=\[\d+[smhdw]):)(\d+)([smhdw])\b/g

/**
 * Rules or a configuration whose clock goes 600 times as fast, and in which nothing else differs.
 *
 * What is reckoned in plain seconds, such as staleness, stays: a test shortens it by `--interval`.
 */
export function shortenTimes(yaml: string): string {
  return yaml.replace(SPAN, (_, before: string, count: string, unit: string) => {
    const milliseconds = (Number(count) * (MILLISECONDS[unit] ?? 0)) / FACTOR
    return `${before}${Math.ceil(milliseconds)}ms`
  })
}
