import { join } from 'node:path'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { catalogue } from '../../fixtures/catalogue.ts'
import { type Depth, type Expectation, expectedAt, type Fixture } from '../../fixtures/fixture.ts'
import { incident } from '../../fixtures/incident.ts'
import { makeFixture } from '../../fixtures/make.ts'
import { fixture as storageOf } from '../support/builders/fixtures.ts'
import { type Ran, type SaidFinding, type SaidTarget, scanJson, targetIn } from '../support/command/run.ts'
import { regfsckHere } from '../support/command/run-in-process.ts'
import { scratch } from '../support/scratch.ts'
import { describeWithServers } from '../support/servers/required.ts'

vi.mock(import('../../src/sources/storage/thread-pool.ts'), async (original) =>
  (await import('../support/command/one-thread.ts')).oneThread(original),
)

const DEPTHS: readonly Depth[] = ['content', 'blobs', 'graph']

describe.each(DEPTHS)('a scan at depth %s says exactly what is wrong', (depth) => {
  it.each(casesAt(depth, 'stored'))('$title', ({ fixture, options, expected }) =>
    saysExactly(storageOf(fixture.name), { fixture, options, expected }),
  )
})

describeWithServers(['docker-registry'], 'a scan of what is too large for git', () => {
  const directory = scratch()
  beforeAll(async () => {
    for (const fixture of catalogue) if (fixture.form === 'recipe') await makeFixture(fixture, directory)
  })
  describe.each(DEPTHS)('at depth %s says exactly what is wrong', (depth) => {
    it.each(casesAt(depth, 'recipe'))('$title', ({ fixture, options, expected }) =>
      saysExactly(join(directory, fixture.name), { fixture, options, expected }),
    )
  })
})

describe('the built command, with its threads and with several registries in one run', () => {
  let ran: Ran
  beforeAll(async () => {
    ran = await scanJson(
      incident.map(({ name }) => storageOf(name)),
      ['--depth', 'content'],
    )
  })

  it.each(incident.map((fixture) => ({ name: fixture.name, fixture })))('says the same of $name', ({ fixture }) => {
    expectSaid(targetIn(ran, fixture.name), fixture.expect)
  })

  it('ends with 1, says so on stdout, and has nothing to say on stderr', () => {
    expect(ran).toMatchObject({ code: 1, stderr: '' })
  })
})

interface Case {
  readonly fixture: Fixture
  readonly options: readonly string[]
  readonly expected: Expectation
}

function casesAt(depth: Depth, which: 'stored' | 'recipe'): (Case & { readonly title: string })[] {
  return catalogue
    .filter(({ form }) => (form === 'recipe') === (which === 'recipe'))
    .flatMap((fixture) =>
      [fixture.expect, ...(fixture.under ?? [])]
        // Garbage needs the blobs: depth graph refuses to look for it.
        .filter(({ options }) => depth !== 'graph' || !options?.includes('--garbage'))
        .map((whole) => {
          const options = ['--depth', depth, ...(whole.options ?? [])]
          return {
            title: [fixture.name, ...(whole.options ?? [])].join(' '),
            fixture,
            options,
            expected: expectedAt(whole, depth),
          }
        }),
    )
}

async function saysExactly(directory: string, { fixture, options, expected }: Case): Promise<void> {
  const ran = await regfsckHere(['scan', '--output', 'json', '--recheck-delay', '0', ...options, directory])
  for (const registry of fixture.roots ?? [fixture.name]) {
    const isHere = (about: { readonly registry?: string }) => (about.registry ?? registry) === registry
    const findings = expected.findings.filter(isHere)
    expectSaid(targetIn(ran, registry), { ...expected, findings, tags: expected.tags.filter(isHere) })
  }
  expect(ran.code).toBe(exitWanted(expected))
}

function expectSaid(said: SaidTarget, { findings, tags, unchecked = [] }: Expectation): void {
  expect(sorted(said.findings.map(identity))).toEqual(sorted(findings.map(forComparison)))
  expect(sorted(said.tags.map((each) => only(each, ['repository', 'tag', 'verdict'])))).toEqual(
    sorted(tags.map((each) => only(each, ['repository', 'tag', 'verdict']))),
  )
  expect(sorted(said.unchecked.map((each) => only(each, ['repository', 'because'])))).toEqual(
    sorted(unchecked.map((each) => only(each, ['repository', 'because']))),
  )
}

/** What makes a finding this one and no other, and how bad it is. */
const IDENTITY = ['code', 'repository', 'tag', 'digest', 'severity', 'tags', 'cause'] as const

/** A finding about a tag is that tag's, whatever digest it was told to resolve to. */
function identity(finding: SaidFinding): Record<string, unknown> {
  const { digest, ...rest } = only(finding, IDENTITY)
  return finding.tag === undefined && digest !== undefined ? { ...rest, digest } : rest
}

/** An expectation may leave the cause open. */
function forComparison(finding: Expectation['findings'][number]): Record<string, unknown> {
  return { cause: expect.any(String), ...only(finding, IDENTITY) }
}

function only<T extends object>(from: T, keys: readonly (keyof T & string)[]): Record<string, unknown> {
  return Object.fromEntries(keys.filter((key) => from[key] !== undefined).map((key) => [key, from[key]]))
}

function sorted(list: readonly Record<string, unknown>[]): Record<string, unknown>[] {
  const text = ({ cause: _, ...rest }: Record<string, unknown>) => JSON.stringify(rest, Object.keys(rest).sort())
  return [...list].sort((a, b) => (text(a) < text(b) ? -1 : 1))
}

function exitWanted({ findings, exit }: Expectation): number {
  return exit ?? (findings.some(({ severity }) => severity === 'error') ? 1 : 0)
}
