import type { ScanEvent } from '../../src/check/events.ts'
import type { AnyFinding } from '../../src/check/findings/finding.ts'
import { judge } from '../../src/check/judge/judge.ts'
import type { RepositoryReport } from '../../src/check/records.ts'
import type { Rules } from '../../src/check/rules.ts'
import type { ScanOptions } from '../../src/check/scan/options.ts'
import { scan } from '../../src/check/scan/scan.ts'
import type { Source } from '../../src/check/source.ts'
import { walk } from '../../src/check/walk/walk.ts'
import { type ImageNode, type IndexNode, image, index } from '../support/builders/images.ts'
import { MemoryRegistry } from '../support/simulated/memory-registry.ts'

export const REPOSITORY = 'team/app'

export const RULES: Rules = { depth: 'blobs', roots: 'tags', engine: undefined, pullThrough: false, sparse: false }

/** One repository with one tag, `latest`, over an index with two platforms. */
export interface Scene {
  readonly registry: MemoryRegistry
  readonly links: ReturnType<MemoryRegistry['repository']>
  readonly amd64: ImageNode
  readonly arm64: ImageNode
  readonly multi: IndexNode
}

export function scene(): Scene {
  const registry = new MemoryRegistry()
  const amd64 = image('amd64', { platform: 'linux/amd64' })
  const arm64 = image('arm64', { platform: 'linux/arm64' })
  const multi = index([amd64, arm64])
  registry.push(REPOSITORY, multi, 'latest')
  return { registry, links: registry.repository(REPOSITORY), amd64, arm64, multi }
}

/** What is said about the repository, all its tags listed. */
export async function check(registry: MemoryRegistry, rules: Partial<Rules> = {}): Promise<RepositoryReport> {
  const all = { ...RULES, ...rules }
  const store = registry.store(REPOSITORY, { proves: all.depth === 'content' })
  return judge(await walk(REPOSITORY, store, all), all, true)
}

/** Every finding as one line: `severity code/cause subject [tags]`. */
export function brief(findings: readonly AnyFinding[]): string[] {
  return findings.map(
    ({ severity, code, cause, tag, digest, tags }) =>
      `${severity} ${code}/${cause} ${tag ?? digest ?? ''} [${tags.join(' ')}]`,
  )
}

/** `tag: verdict` for every tag of a report. */
export function verdicts({ tags }: RepositoryReport): Record<string, string> {
  return Object.fromEntries(tags.map(({ tag, verdict }) => [tag, verdict]))
}

export const NEVER: AbortSignal = new AbortController().signal

export function scanOptions(options: Partial<ScanOptions> & { readonly rules?: Partial<Rules> } = {}): ScanOptions {
  const { rules, ...rest } = options
  return {
    rulesFor: () => ({ ...RULES, ...rules }),
    depth: rules?.depth ?? RULES.depth,
    pullThrough: rules?.pullThrough ?? RULES.pullThrough,
    allTags: true,
    garbage: false,
    pause: async () => undefined,
    graceOver: new Promise(() => undefined),
    ...rest,
  }
}

/** Every event but progress. */
export async function eventsOf(
  source: Source,
  options: ScanOptions = scanOptions(),
  signal: AbortSignal = NEVER,
): Promise<ScanEvent[]> {
  const events: ScanEvent[] = []
  for await (const event of scan(source, options, signal)) if (event.type !== 'progress') events.push(event)
  return events
}

/** The events of one type. */
export function only<T extends ScanEvent['type']>(
  events: readonly ScanEvent[],
  type: T,
): Extract<ScanEvent, { type: T }>[] {
  return events.filter((event): event is Extract<ScanEvent, { type: T }> => event.type === type)
}
