import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chartCopies } from '../test/helm/copies.ts'
import { kustomize } from '../test/k8s/kustomize.ts'
import { K8S, overlays } from '../test/k8s/manifests.ts'

/** Writes what every overlay comes to, and what the chart has from alerts/: `npm run k8s`. Tests say when it is due. */
const directory = join(K8S, 'rendered')
rmSync(directory, { recursive: true, force: true })
mkdirSync(directory)
for (const overlay of overlays()) {
  const head = `# Made from k8s/overlays/${overlay} by npm run k8s: edit that, not this.\n`
  writeFileSync(join(directory, `${overlay}.yaml`), head + kustomize(join(K8S, 'overlays', overlay)))
}
for (const [file, text] of Object.entries(chartCopies())) writeFileSync(file, text)
