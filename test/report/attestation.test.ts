import { beforeAll, describe, expect, it } from 'vitest'
import type { ScanEvent } from '../../src/check/events.ts'
import { htmlReport } from '../../src/report/html/html.ts'
import { ndjsonReport } from '../../src/report/json/ndjson.ts'
import { junitReport } from '../../src/report/junit.ts'
import { markdownReport } from '../../src/report/markdown.ts'
import type { Report, Write } from '../../src/report/report.ts'
import { tableReport } from '../../src/report/table/table.ts'
import { eventsOf, REPOSITORY, scanOptions } from '../check/scene.ts'
import { attestationFor, image, index } from '../support/builders/images.ts'
import { MemoryRegistry } from '../support/simulated/memory-registry.ts'
import { memorySource } from '../support/simulated/memory-source.ts'
import { jsonAtOnce, written } from './events.ts'

describe('an attestation that is missing', () => {
  let events: readonly ScanEvent[]

  beforeAll(async () => {
    const registry = new MemoryRegistry()
    const app = image('app', { platform: 'linux/amd64' })
    const attestation = attestationFor(app)
    registry.push(REPOSITORY, index([app, attestation]), 'latest')
    for (const child of [app, attestation]) registry.repository(REPOSITORY).revisions.delete(child.descriptor.digest)
    events = await eventsOf(memorySource(registry, { registry: 'attested' }), scanOptions({ allTags: false }))
  })

  it.each<[string, (write: Write) => Report]>([
    ['table', (write) => tableReport(write, { color: false, columns: 100 })],
    ['html', htmlReport],
    ['markdown', markdownReport],
    ['junit', junitReport],
  ])('is called so in %s, which a person reads; other platforms keep their names', (_, report) => {
    const text = written(report, events)
    expect(text).toMatch(/\battestation\b/)
    expect(text).toContain('linux/amd64')
    expect(text).not.toContain('unknown/unknown')
  })

  it.each<[string, (write: Write) => Report]>([
    ['json', jsonAtOnce],
    ['ndjson', ndjsonReport],
  ])('keeps its platform in %s, which a program reads', (_, report) => {
    expect(written(report, events)).toMatch(/"platforms":\s*\[\s*"unknown\/unknown"\s*\]/)
  })
})
