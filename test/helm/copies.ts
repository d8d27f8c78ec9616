import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const ALERTS = new URL('../../alerts/', import.meta.url)
const FILES = new URL('../../k8s/helm/regfsck/files/', import.meta.url)

/** What the chart has from `alerts/`: a chart can read no file outside of it. Each file, with the text that it should have. */
export function chartCopies(): Readonly<Record<string, string>> {
  const names = ['registry-integrity.rules.yaml', 'dashboard.json']
  return Object.fromEntries(
    names.map((name) => [fileURLToPath(new URL(name, FILES)), readFileSync(new URL(name, ALERTS), 'utf8')]),
  )
}
