import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { previewMetrics } from '../../src/metrics/gc-preview/preview-metrics.ts'
import { textfileStem } from '../../src/metrics/textfile.ts'
import { hurtPreview, runOf, safe } from '../report/preview/sample.ts'

const OPTIONS = { interval: 604_800, links: { report: undefined, runbooks: undefined } }
const at = new Date('2026-11-28T02:00:00Z')

describe('the metrics of a preview', () => {
  it('count what would stop and break, by collection, in a group of their own', async () => {
    const preview = hurtPreview()
    const { whole, targets } = await previewMetrics([{ registry: 'private', preview, complete: true }], OPTIONS, at)
    const labels = 'registry="private",profile="gc-preview",engine="2.8",delete_untagged='
    expect(whole).toContain(`registry_integrity_gc_preview_aborting_files{${labels}"false"} 1\n`)
    expect(whole).toMatch(/gc_preview_breaking_images\{[^}]*kind="tag"[^}]*delete_untagged="true"\} 2\n/)
    expect(whole).toMatch(/gc_preview_breaking_deployed_images\{[^}]*delete_untagged="true"\} 1\n/)
    expect(targets.map(({ is, identity }) => [is, textfileStem(identity)])).toEqual([
      ['complete', 'private-gc-preview'],
    ])
  })

  it('replace no result of an earlier run where not everything was read', async () => {
    const preview = { ...hurtPreview(), collections: [safe(runOf('3', false))] }
    const registries = [
      { registry: 'part', preview, complete: false },
      { registry: 'none', preview: undefined, complete: false },
    ]
    const { whole, targets } = await previewMetrics(registries, OPTIONS, at)
    expect(targets.map((target) => target.is === 'partial' && target.findings)).toEqual([undefined, undefined])
    expect(whole).toContain('registry_integrity_gc_preview_run_success{registry="part",profile="gc-preview"} 0\n')
    expect(whole).not.toMatch(/last_success|breaking|freed/)
  })

  it('are described in docs/metrics.md', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/metrics.md'), 'utf8')
    expect(page).toContain('### `registry_integrity_gc_preview_breaking_images`')
  })
})
