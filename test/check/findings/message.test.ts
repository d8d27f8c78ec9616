import { describe, expect, it } from 'vitest'
import type { Finding } from '../../../src/check/findings/finding.ts'
import { messageOf } from '../../../src/check/findings/message.ts'
import { digestOf } from '../../support/builders/images.ts'
import { repairOf } from '../../support/builders/repair.ts'
import { fc } from '../../support/fast-check.ts'
import { grown, plans } from '../judge/random-graph.ts'
import { check, REPOSITORY, scene } from '../scene.ts'
import { asFinding, everyFinding, evidenceAt } from './every-finding.ts'

const named = ({ code, cause }: Finding): string => `${code} (${cause})`
const all = everyFinding(evidenceAt('/data/docker'))

/** A word of a command that should have been something. */
const HOLE = /undefined|(?<!-d )''|(?<!\/dev\/)null|""/

/** What commands move away. Nothing is ever removed. */
function movedBy(commands: readonly string[]): string[] {
  for (const command of commands) expect(command).not.toMatch(/\brm (?!-f "\$f")/)
  return commands.flatMap((command) => (command.includes('&& mv ') ? (/ f=([^;]+);/.exec(command)?.[1] ?? []) : []))
}

/** A sentence or several: no gap where a value should have been. */
function expectSentences(text: string): void {
  expect(text).toMatch(/^[A-Z].{20,}[.]$/s)
  expect(text).not.toMatch(/undefined|\[object|NaN|something unknown|null| {2}|\.\./)
}

describe('the message of every code and cause', () => {
  it.each(all.map((finding) => [named(finding), finding] as const))('is a sentence: %s', (_, finding) => {
    expectSentences(messageOf(finding))
  })

  it('differs for each cause of a code, except for bad links: their paths differ', () => {
    const causes = all.filter(({ cause }) => cause !== 'layer-link-invalid')
    const messages = causes.map((finding) => `${finding.code}: ${messageOf(finding)}`)
    expect(new Set(messages).size).toBe(causes.length)
  })

  it('names no repository, tag or digest: reports print those beside it', () => {
    for (const finding of all) expect(messageOf(finding)).not.toMatch(/team\/app|stable|nightly/)
    for (const finding of all.filter(({ digest }) => digest)) expect(messageOf(finding)).not.toContain(finding.digest)
  })

  it('has no gap if evidence is missing', () => {
    for (const finding of everyFinding({})) expect(messageOf(finding)).not.toMatch(/undefined|\[object|NaN/)
  })

  it.each([
    [0, '0 bytes instead of 2 bytes'],
    [1, '1 byte instead of 2 bytes'],
    [3, '3 bytes instead of 2 bytes'],
  ])('counts %i byte(s) in words', (measuredSize, words) => {
    const [finding] = all.filter(({ code }) => code === 'blob-size-mismatch')
    if (finding)
      expect(messageOf(asFinding({ ...finding, evidence: { measuredSize, claimedSize: 2 } }))).toContain(words)
    expect.assertions(1)
  })
})

describe('the repair of every code and cause', () => {
  it.each(all.map((finding) => [named(finding), finding] as const))('says why, in sentences: %s', (_, finding) => {
    const { action, why, commands } = repairOf(finding)
    expectSentences(why)
    if (action === 'none') expect(commands).toEqual([])
    if (action !== 'none' && action !== 'rebuild') expect(commands).not.toEqual([])
    for (const command of commands) expect(command).not.toMatch(HOLE)
  })

  it('changes nothing if nothing is missing', () => {
    const harmless = ['orphan-layer-link', 'blob-unreferenced', 'upload-abandoned', 'crash-debris']
    for (const finding of all.filter(({ code }) => harmless.includes(code)))
      expect(repairOf(finding)).toMatchObject({ action: 'none', commands: [] })
  })
})

describe('what is really found', () => {
  it('has a message without gaps, and is repaired with commands that name a file', async () => {
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        const { findings } = await check(grown(plan).registry, { depth: 'content' })
        for (const finding of findings) {
          expectSentences(messageOf(finding))
          const { why, commands } = repairOf(finding)
          expectSentences(why)
          for (const command of commands) expect(command).not.toMatch(HOLE)
        }
      }),
      { numRuns: 100 },
    )
  })

  it('is never repaired by removing intact bytes', async () => {
    const { registry, links, amd64 } = scene()
    const stray = digestOf(Buffer.from('stray'))
    links.layers.set(stray, amd64.config.descriptor.digest)
    const { findings } = await check(registry)
    expect(findings.map(named)).toEqual(['link-invalid (wrong-link)'])
    const moved = findings.flatMap((finding) => movedBy(repairOf(finding).commands))
    expect(moved).toEqual([registry.at.layerLink(REPOSITORY, stray)])
  })

  it('is not called unneeded if every revision counts', async () => {
    const { registry, links, arm64 } = scene()
    links.tags.clear()
    links.revisions.clear()
    links.revisions.set(arm64.descriptor.digest, '')
    const { findings } = await check(registry, { roots: 'revisions' })
    expect(findings.map(({ severity }) => severity)).toEqual(['error'])
    for (const finding of findings) {
      expect(messageOf(finding)).not.toMatch(/that nothing needs/)
      expect(repairOf(finding).why).not.toMatch(/nothing needs (it|the link)/i)
      expect(repairOf(finding).action).not.toBe('remove-link')
    }
  })

  it('does not blame bytes that are still stored if one character of a link is wrong', async () => {
    const { registry, links, arm64 } = scene()
    const wrong = digestOf(Buffer.from('never stored'))
    links.revisions.set(arm64.descriptor.digest, wrong)
    links.layers.set(arm64.config.descriptor.digest, wrong)
    const { findings } = await check(registry)
    expect(findings.length).toBeGreaterThan(0)
    for (const finding of findings) {
      expect(messageOf(finding)).not.toContain('bytes are gone')
      expect(repairOf(finding).why).not.toContain('The link is fine')
    }
  })

  it('is removed only if it is a link or a file with wrong bytes', async () => {
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        const graph = grown(plan)
        const { registry } = graph
        const sound = [...registry.blobs].filter(
          ([digest, bytes]) => bytes !== 'a directory' && digestOf(bytes) === digest,
        )
        const untouchable = sound.map(([digest]) => registry.at.data(digest))
        for (const finding of (await check(registry, { depth: 'content' })).findings)
          for (const path of movedBy(repairOf(finding).commands)) expect(untouchable).not.toContain(path)
      }),
      { numRuns: 100 },
    )
  })
})
