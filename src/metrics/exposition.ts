import { Gauge, Registry } from 'prom-client'
import { FAMILY_NAMES, familyOf } from './catalogue.ts'
import type { Sample } from './samples.ts'

/**
 * The text format of Prometheus: families in the order of the catalogue, no timestamps, a newline at the end. A family without
 * series is left out.
 */
export async function exposition(samples: readonly Sample[]): Promise<string> {
  if (samples.length === 0) return ''
  const registry = new Registry()
  const families = new Map<string, Sample[]>()
  for (const sample of samples) {
    const family = families.get(sample.name)
    if (family) family.push(sample)
    else families.set(sample.name, [sample])
  }
  for (const name of FAMILY_NAMES) {
    const family = families.get(name)
    if (family === undefined) continue
    const labelNames = [...new Set(family.flatMap(({ labels }) => Object.keys(labels)))]
    const gauge = new Gauge({ name, help: familyOf(name)?.help ?? '', labelNames, registers: [registry] })
    for (const { labels, value } of family) gauge.set(labels, value)
  }
  return registry.metrics()
}
