import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { env } from 'node:process'
import { beforeAll, describe, expect, it } from 'vitest'
import { copyOfFixture } from '../support/builders/fixtures.ts'
import { type SaidTarget, targetIn } from '../support/command/run.ts'
import { type Call, type Traced, traced } from '../support/command/strace.ts'
import { scratch } from '../support/scratch.ts'
import { describeWithServers } from '../support/servers/required.ts'

/**
 * A few dozen faults by default. `SYSTEM_CALL_FAULTS=all` makes every call of the first 64 fail in every way, one
 * after the other, which takes long.
 */
const ALL = env['SYSTEM_CALL_FAULTS'] === 'all'
const CALLS = ['openat', 'read', 'getdents64', 'statx', 'newfstatat'] as const
const ERRORS = ['EIO', 'EACCES', 'ESTALE', 'EMFILE', 'ETIMEDOUT'] as const
const NUMBERS = ALL ? Array.from({ length: 64 }, (_, n) => n + 1) : [1, 4, 11, 26]

interface Fault {
  readonly call: (typeof CALLS)[number]
  readonly error: (typeof ERRORS)[number]
  /** The number of the call in its thread; with `+`, and every later one. */
  readonly when: string
}

const faults: readonly Fault[] = [
  ...CALLS.flatMap((call, c) =>
    NUMBERS.flatMap((when, n) =>
      ERRORS.filter((_, e) => ALL || e === (c + n) % ERRORS.length).map((error) => ({ call, error, when: `${when}` })),
    ),
  ),
  ...CALLS.map((call) => ({ call, error: 'EIO' as const, when: '1+' })),
  ...CALLS.map((call) => ({ call, error: 'ESTALE' as const, when: '5+' })),
]

const directory = scratch()

describeWithServers(['strace'], 'a system call that fails is no proof of anything', () => {
  describe.each([
    { name: 'a whole registry', fixture: 'lawful-nested-repositories' },
    { name: 'a damaged registry', fixture: 'child-deleted-by-gc-m' },
  ])('in $name', ({ fixture }) => {
    const root = join(directory, fixture)
    let paths: readonly string[]
    let calm: SaidTarget
    let met = 0
    beforeAll(async () => {
      copyOfFixture(fixture, root)
      paths = everyPathOf(root)
      calm = targetIn((await scanWith(root, paths, undefined)).ran)
      expect(calm.complete).toBe(true)
    })

    it.each(faultsFor(fixture))('$call number $when: $error', async (fault) => {
      const { ran, calls } = await scanWith(root, paths, fault)
      expect(ran.stderr).not.toContain('Error:')
      expect([0, 1, 3, 4]).toContain(ran.code)
      const target = targetIn(ran)
      expectNoMoreThan(calm, target)
      if (calls.some(isInjected)) met++
      if (!target.complete) return
      expect({ ...target, findings: aboutIn(target) }).toEqual({ ...calm, findings: aboutIn(calm) })
      // Where something is damaged, some of what is read serves only to find out why.
      if (calm.findings.length === 0) expect(neverReadIn(calls)).toEqual([])
    })

    it('was tried: most of these calls did fail', () => {
      expect(met).toBeGreaterThan(faultsFor(fixture).length * (ALL ? 0.4 : 0.7))
    })
  })
})

/** Where a call failed and no later one of that kind did better: what would have been read there was not read. */
function neverReadIn(calls: readonly Call[]): string[] {
  const failed = new Map<string, string>()
  for (const { name, line } of calls) {
    const path = /["<](\/[^">]*)[">]/.exec(line.replace(/AT_FDCWD<[^>]*>/, ''))?.[1] ?? line
    if (isInjected({ line })) failed.set(`${name} ${path}`, path)
    else if (!/= -1 E/.test(line)) failed.delete(`${name} ${path}`)
  }
  return [...failed.values()]
}

function isInjected({ line }: Pick<Call, 'line'>): boolean {
  return line.includes('(INJECTED)')
}

/** The second registry gets every second one. */
function faultsFor(fixture: string): readonly Fault[] {
  return fixture.startsWith('lawful') || ALL ? faults : faults.filter((_, n) => n % 2 === 0)
}

/**
 * Nothing is called damaged that is not, nor intact that was not read. A finding may reach fewer tags, where one cannot be
 * resolved, and a tag may be degraded that is unpullable, where not all of its platforms could be looked at.
 */
function expectNoMoreThan(calm: SaidTarget, target: SaidTarget): void {
  for (const { tags, ...finding } of aboutIn(target)) {
    const same = aboutIn(calm).find(({ digest }) => digest === finding.digest)
    expect(same).toMatchObject(finding)
    for (const tag of tags) expect(same?.tags).toContain(tag)
  }
  if (target.totals === null || calm.totals === null) return
  const [seen, known] = [countsOf(target.totals), countsOf(calm.totals)]
  for (const [n, count] of seen.entries()) expect(count).toBeLessThanOrEqual(known[n] ?? 0)
  if (!target.complete) expect(target.unchecked.length).toBeGreaterThan(0)
}

function countsOf({ tags, manifests, blobs }: NonNullable<SaidTarget['totals']>): number[] {
  const of = (ends: Readonly<Record<string, number>>, ...names: string[]) =>
    names.reduce((sum, name) => sum + (ends[name] ?? 0), 0)
  return [
    of(tags, 'intact'),
    of(tags, 'degraded', 'unpullable'),
    ...[manifests, blobs].flatMap((objects) => [of(objects, 'intact'), of(objects, 'damaged')]),
  ]
}

function aboutIn({ findings }: SaidTarget) {
  return findings.map(({ code, cause, repository, digest, tags }) => ({ code, cause, repository, digest, tags }))
}

async function scanWith(root: string, paths: readonly string[], fault: Fault | undefined): Promise<Traced> {
  const only = paths.flatMap((path) => ['-P', path])
  const inject = fault ? ['-e', `inject=${fault.call}:error=${fault.error}:when=${fault.when}`] : []
  const seen = await traced(
    [...only, '-e', `trace=${CALLS.join()}`, ...inject],
    ['scan', '--output=json', '--recheck-delay=0', '--depth=content', '--concurrency=1', root],
  )
  expect(seen.calls.length).toBeGreaterThan(0)
  return seen
}

/** All that a scan may touch, what is not there included. */
function everyPathOf(root: string): string[] {
  const below = readdirSync(root, { recursive: true, encoding: 'utf8' })
  return [root, join(root, 'scheduler-state.json'), ...below.map((path) => join(root, path))]
}
