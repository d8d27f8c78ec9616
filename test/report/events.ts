import type { ReportedFinding, ScanEvent } from '../../src/check/events.ts'
import { RunCounter } from '../../src/check/judge/run-verdict.ts'
import { RepairPlanner } from '../../src/check/repair/plan.ts'
import { reportFinding } from '../../src/check/scan/report-finding.ts'
import { TargetError } from '../../src/check/source.ts'
import { jsonReport } from '../../src/report/json/json.ts'
import type { Report, RunFacts, Write } from '../../src/report/report.ts'
import { everyFinding } from '../check/findings/every-finding.ts'
import { eventsOf, REPOSITORY, scanOptions, scene } from '../check/scene.ts'
import { digestOf, image } from '../support/builders/images.ts'
import { ON_DISK } from '../support/builders/repair.ts'
import { MemoryRegistry } from '../support/simulated/memory-registry.ts'
import { memorySource } from '../support/simulated/memory-source.ts'

const RUN: Omit<RunFacts, 'counts'> = {
  version: '0.1.0',
  startedAt: new Date('2026-11-20T12:00:00Z'),
  finishedAt: new Date('2026-11-20T12:00:01Z'),
  exposition: '',
}

/** The JSON report without its pauses, however slow the machine. */
export function jsonAtOnce(write: Write): Report {
  return jsonReport(write, () => undefined)
}

/** What a report writes of these events. */
export function written(
  report: (write: Write) => Report,
  events: readonly ScanEvent[],
  run: Partial<RunFacts> = {},
): string {
  const pieces: string[] = []
  const reader = report((text) => pieces.push(text))
  const counts = new RunCounter()
  for (const event of events) {
    reader.take(event)
    counts.take(event)
  }
  reader.end({ ...RUN, counts, ...run })
  return pieces.join('')
}

export async function cleanEvents(): Promise<ScanEvent[]> {
  return eventsOf(memorySource(scene().registry, { registry: 'clean' }), scanOptions({ allTags: false }))
}

export async function emptyEvents(): Promise<ScanEvent[]> {
  return eventsOf(memorySource(new MemoryRegistry(), { registry: 'empty' }), scanOptions({ allTags: false }))
}

/** The incident of the garbage collection with -m, an image that lost a layer, an orphan, and a place nobody can read. */
export async function brokenEvents(): Promise<ScanEvent[]> {
  const { registry, links, amd64, arm64 } = scene()
  for (const { descriptor, config } of [amd64, arm64]) {
    links.revisions.delete(descriptor.digest)
    registry.blobs.delete(config.descriptor.digest)
  }
  const single = image('single')
  for (const tag of ['v1', 'v2']) registry.push(REPOSITORY, single, tag)
  registry.blobs.set(single.config.descriptor.digest, Buffer.from('{}'))
  const orphan = digestOf(Buffer.from('orphan'))
  links.layers.set(orphan, orphan)
  const unread = image('unread')
  registry.push('other/app', unread, 'latest')
  registry.unreadable.set(registry.at.data(unread.config.descriptor.digest), 'STORE_DENIED')
  return eventsOf(memorySource(registry, { registry: 'broken' }), scanOptions({ allTags: false }))
}

export async function unreadableEvents(): Promise<ScanEvent[]> {
  const source = memorySource(scene().registry, {
    registry: 'lost',
    repositories: () => {
      throw new TargetError(
        '/memory/docker/registry/v2/blobs is missing or empty although /memory has links to it: is it mounted?',
      )
    },
  })
  return eventsOf(source)
}

/** A finding of every code and cause. */
export function everyReported(): ReportedFinding[] {
  const planner = new RepairPlanner(ON_DISK)
  return everyFinding({}).map((finding) =>
    reportFinding(finding, { registry: 'host', confirmed: true, repair: planner.add(finding) }),
  )
}
