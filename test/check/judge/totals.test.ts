import { describe, expect, it } from 'vitest'
import type { RepositoryReport } from '../../../src/check/records.ts'
import type { Depth } from '../../../src/check/rules.ts'
import { type ManifestNode, MEDIA_TYPE } from '../../support/builders/images.ts'
import { reported } from '../../support/builders/repair.ts'
import { fc } from '../../support/fast-check.ts'
import { check, verdicts } from '../scene.ts'
import { blobsOf, DEAD, grown, plans, type RandomGraph } from './random-graph.ts'

type State = 'intact' | 'damaged' | 'unchecked'

interface Expected {
  readonly manifests: ReadonlyMap<string, State>
  readonly blobs: ReadonlyMap<string, State>
  readonly tags: Readonly<Record<string, string>>
}

/** The expected totals and verdicts, computed from the damage alone, without the code under test. */
class Ledger {
  readonly #graph: RandomGraph
  readonly #depth: Depth

  constructor(graph: RandomGraph, depth: Depth) {
    this.#graph = graph
    this.#depth = depth
  }

  expected(): Expected {
    const manifests = new Map<string, State>()
    const named = this.#named()
    for (const { descriptor } of this.#graph.manifests) {
      const { digest } = descriptor
      if (this.#isServed(digest) || named.has(digest)) manifests.set(digest, this.#manifest(digest))
    }
    if (named.has(DEAD)) manifests.set(DEAD, 'damaged')
    const read = this.#graph.manifests.filter(({ descriptor }) => manifests.get(descriptor.digest) === 'intact')
    const blobs = new Map<string, State>()
    if (this.#depth !== 'graph')
      for (const { descriptor } of blobsOf(read)) blobs.set(descriptor.digest, this.#blob(descriptor.digest))
    const tags = [...this.#graph.tags].map(([tag, { node, damage }]) => [tag, this.#verdict(node, damage)])
    return { manifests, blobs, tags: Object.fromEntries(tags) }
  }

  /** Named by a tag that resolves or by an index that is whole. */
  #named(): Set<string> {
    const named = new Set<string>()
    for (const { node, damage } of this.#graph.tags.values()) {
      if (damage === undefined) named.add(node.descriptor.digest)
      if (damage === 'dead') named.add(DEAD)
    }
    for (const node of this.#graph.manifests)
      if (node.kind === 'index' && this.#manifest(node.descriptor.digest) === 'intact')
        for (const child of node.children) named.add(child.descriptor.digest)
    return named
  }

  #isServed(digest: string): boolean {
    const damage = this.#graph.manifestDamages.get(digest)
    return damage !== 'unlinked' && damage !== 'bad link' && damage !== 'bytes gone'
  }

  #manifest(digest: string): State {
    const damage = this.#graph.manifestDamages.get(digest)
    return damage === undefined ? 'intact' : damage === 'unread' ? 'unchecked' : 'damaged'
  }

  #blob(digest: string): State {
    const damage = this.#graph.blobDamages.get(digest)
    if (damage === undefined || (damage === 'altered' && this.#depth === 'blobs')) return 'intact'
    return damage === 'unread' ? 'unchecked' : 'damaged'
  }

  #verdict(node: ManifestNode, damage: string | undefined): string {
    if (damage !== undefined) return damage === 'unread' ? 'unchecked' : 'unpullable'
    const leaves = this.#leaves(node, true)
    const runnable = leaves.filter((leaf) => leaf.runnable)
    const counting = runnable.length > 0 ? runnable : leaves
    if (counting.length > 0 && counting.every(({ states }) => states.includes('damaged'))) return 'unpullable'
    const reached = leaves.flatMap(({ states }) => states)
    return reached.includes('damaged') ? 'degraded' : reached.includes('unchecked') ? 'unchecked' : 'intact'
  }

  #leaves(node: ManifestNode, runs: boolean): { runnable: boolean; states: State[] }[] {
    const state = this.#manifest(node.descriptor.digest)
    if (state !== 'intact') return [{ runnable: runs, states: [state] }]
    if (node.kind === 'index')
      return node.children.flatMap((child) => this.#leaves(child, runs && runsBy(child.descriptor)))
    const needs = this.#depth === 'graph' ? [] : blobsOf([node])
    const states = needs.map(({ descriptor }) => this.#blob(descriptor.digest))
    const isImage = node.config.descriptor.mediaType === MEDIA_TYPE.oci.config
    return [{ runnable: runs && isImage, states: [state, ...states] }]
  }
}

function runsBy(descriptor: ManifestNode['descriptor']): boolean {
  return descriptor['artifactType'] === undefined && descriptor['annotations'] === undefined
}

function count(states: Iterable<State>): Record<State | 'skipped', number> {
  const totals = { intact: 0, damaged: 0, unchecked: 0, skipped: 0 }
  for (const state of states) totals[state]++
  return totals
}

const sorted = (items: Iterable<string>): string[] => [...new Set(items)].sort()
const those = (objects: Expected, state: State): string[] =>
  [...objects.manifests, ...objects.blobs].filter(([, is]) => is === state).map(([digest]) => digest)

/** What is said of objects that something needs: not of links that lead nowhere. */
const needed = ({ findings }: RepositoryReport) =>
  findings.filter(({ code }) => !['orphan-layer-link', 'orphan-revision-link', 'link-invalid'].includes(code))

function always(law: (report: RepositoryReport, expected: Expected) => void): Promise<void> {
  return fc.assert(
    fc.asyncProperty(plans, fc.constantFrom<Depth>('graph', 'blobs', 'content'), async (plan, depth) => {
      const graph = grown(plan)
      law(await check(graph.registry, { depth }), new Ledger(graph, depth).expected())
    }),
    { numRuns: 150 },
  )
}

describe('for any damage to a repository', () => {
  it('every visited object is counted once, in the right total', () =>
    always((report, expected) => {
      expect(report.manifests).toEqual(count(expected.manifests.values()))
      expect(report.blobs).toEqual(count(expected.blobs.values()))
    }))

  it('every tag gets the verdict that its damage implies', () =>
    always((report, expected) => {
      expect(verdicts(report)).toEqual(expected.tags)
      const all = Object.values(expected.tags)
      for (const verdict of ['intact', 'degraded', 'unpullable', 'unchecked'] as const)
        expect(report.tagTotals[verdict]).toBe(all.filter((each) => each === verdict).length)
    }))

  it('every damaged object has its finding, and no other object has one', () =>
    always((report, expected) => {
      const digests = needed(report).map(({ digest, evidence }) => String(digest ?? evidence['digest'] ?? ''))
      expect(sorted(digests.filter((digest) => digest !== ''))).toEqual(sorted(those(expected, 'damaged')))
    }))

  it('a tag has an error if and only if it is degraded or unpullable', () =>
    always((report, { tags }) => {
      const hit = report.findings.filter(({ severity }) => severity === 'error').flatMap(({ tags }) => tags)
      const broken = Object.keys(tags).filter((tag) => tags[tag] === 'degraded' || tags[tag] === 'unpullable')
      expect(sorted(hit)).toEqual(sorted(broken))
    }))

  it('every unreadable object is reported as unchecked, and has no finding', () =>
    always((report, expected) => {
      const named = report.unchecked.flatMap(({ digest }) => digest ?? [])
      for (const digest of those(expected, 'unchecked')) expect(named).toContain(digest)
      for (const { digest } of report.findings) expect(those(expected, 'unchecked')).not.toContain(digest)
    }))

  it('no two findings have the same id', () =>
    always((report) => {
      const ids = report.findings.map((finding) => reported(finding, 'registry', true).id)
      expect(sorted(ids)).toHaveLength(report.findings.length)
    }))

  it('tags, parents and platforms are sorted, and none is named twice', () =>
    always((report) => {
      for (const { tags, parents, platforms } of report.findings)
        for (const list of [tags, parents, platforms]) expect(list).toEqual(sorted(list))
    }))
})
