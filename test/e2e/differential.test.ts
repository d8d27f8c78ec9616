import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it, vi } from 'vitest'
import { faultClasses } from '../support/builders/faults/every-fault.ts'
import { describedBy, digestOf, image, layer } from '../support/builders/images.ts'
import { push } from '../support/builders/push.ts'
import { type History, randomHistory } from '../support/builders/random-history.ts'
import { storagePaths } from '../support/builders/storage-paths.ts'
import { type BuiltScan, builtScan } from '../support/command/scan-built.ts'
import { countIn } from '../support/count-in.ts'
import { apiDisagreements } from '../support/oracles/compare-over-api.ts'
import { disagreements, type OracleResults } from '../support/oracles/disagreements.ts'
import { describeHistory } from '../support/oracles/failure-text.ts'
import { isSeenOverApi, maskedBy } from '../support/oracles/masked-by-cache.ts'
import { type Trouble, type WalkedTag, walkRegistry } from '../support/oracles/plain-walker.ts'
import { copyBySkopeo } from '../support/oracles/skopeo.ts'
import { ACCESS_LOG, requestsTo } from '../support/servers/access-log.ts'
import { withRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'
import { warmUp } from '../support/servers/warm-cache.ts'

/**
 * Each seed is a registry of its own: DIFFERENTIAL_COUNT says how many, DIFFERENTIAL_SEED where to start. A few run with
 * `npm test`; ENOUGH to meet nearly every fault run with `npm run test:slow`.
 */
const FEW = 3
const ENOUGH = 60
const count = countIn('DIFFERENTIAL_COUNT', FEW)
const first = countIn('DIFFERENTIAL_SEED', 1)
const seeds = Array.from({ length: count }, (_, n) => first + n)

vi.setConfig({ maxConcurrency: 2 })

describeWithServers(
  ['docker-registry', 'skopeo'],
  'a scan of the storage, one over the API, and a client that fetches and hashes everything',
  () => {
    const histories: History[] = []
    /** How the warm servers differed from fresh ones. */
    const cached: string[] = []

    it.concurrent.for(seeds)(
      'name the same tags, and the same objects below them, in registry %i',
      async (seed, { expect }) => {
        const root = await mkdtemp(join(tmpdir(), `regfsck-differential-${seed}-`))
        const history = await randomHistory(seed, root)
        const { methods, ...served } = await servedBy(history)
        const results = { ...served, ...(await scanned(history)) }
        histories.push(history)
        expect(disagreements(history, results), describeHistory(history, results)).toEqual([])
        expect(methods).toEqual(['GET', 'HEAD'])
        await rm(root, { recursive: true })
      },
    )

    it.concurrent.for(seeds.slice(0, Math.ceil(count / 10)))(
      'agree on what a server still hands out whose cache has not heard of what happened, in registry %i',
      async (seed, { expect }) => {
        const root = await mkdtemp(join(tmpdir(), `regfsck-warm-${seed}-`))
        const { history, walked, scans, fresh } = await servedWarm(seed, root)
        const disagreed = scans.flatMap((scan) => {
          const isSeen = (_: string, trouble: Trouble) => isSeenOverApi(history, trouble, scan.depth)
          return apiDisagreements('with a warm cache', { scan, walked, isSeen })
        })
        const masked = maskedBy(history, walked, fresh)
        const unexplained = masked.filter(({ by }) => by === undefined)
        expect({ disagreed, unexplained }, `left in ${root}`).toEqual({ disagreed: [], unexplained: [] })
        cached.push(...masked.map(({ by }) => String(by)))
        cached.push(...walked.flatMap(({ troubles }) => troubles.map(({ why }) => why)))
        await rm(root, { recursive: true })
      },
    )

    it('know that a sha512 name is served by way of the sha256 link beside its own', async ({ expect }) => {
      const root = await mkdtemp(join(tmpdir(), 'regfsck-differential-sha512-'))
      const own = layer('named by sha512')
      const node = image('sha512', { layers: [describedBy(own, { digest: digestOf(own.bytes, 'sha512') })] })
      await withRegistry({ root }, ({ url }) => push({ url, repository: 'app' }, node, 'latest'))
      expect(await bothOn(root)).toEqual({ client: ['whole'], scan: ['intact'], findings: [] })

      await rm(storagePaths(root).layerLink('app', digestOf(own.bytes)))
      expect(await bothOn(root)).toEqual({
        client: ['refused'],
        scan: ['unpullable'],
        findings: [`layer-missing layer-link-missing ${digestOf(own.bytes, 'sha512')}`],
      })
      await rm(root, { recursive: true })
    })

    it.runIf(count >= ENOUGH)(
      'have met nearly every class of fault, and garbage collections of both kinds',
      ({ expect }) => {
        const planted = new Set(histories.flatMap(({ ledger }) => ledger.map(({ fault }) => fault)))
        const unmet = faultClasses.filter((fault) => !planted.has(fault))
        const collections = histories.flatMap(({ collectedBefore, collectedAfter }) => [
          collectedBefore,
          collectedAfter,
        ])
        const swept = collections.filter((each) => each && each.swept.size > 0)
        expect(unmet.length, `never planted: ${unmet.join(', ')}`).toBeLessThan(faultClasses.length / 10)
        expect(new Set(swept.map((each) => each?.deleteUntagged))).toEqual(new Set([true, false]))
      },
    )

    it.runIf(count >= ENOUGH)('have met caches that lie', ({ expect }) => {
      const ways = ['a remembered link', 'the body ended early']
      expect(ways.some((way) => cached.includes(way))).toBe(true)
    })
  },
)

/** What both make of the one tag `app:latest`. */
async function bothOn(root: string): Promise<Record<'client' | 'scan' | 'findings', string[]>> {
  const walked = await withRegistry({ root }, ({ url }) => walkRegistry(url, { app: ['latest'] }))
  const { tags, findings } = await builtScan(root, 'blobs')
  return {
    client: walked.map(({ is }) => is),
    scan: tags.map(({ verdict }) => verdict),
    findings: findings.map(({ code, cause, digest }) => `${code} ${cause} ${digest}`),
  }
}

/** What clients get from a registry that was started just now, and by which methods they asked for it. */
async function servedBy(
  history: History,
): Promise<Pick<OracleResults, 'walked' | 'skopeo' | 'asked'> & { readonly methods: readonly string[] }> {
  return withRegistry({ root: history.root, urls: true, config: ACCESS_LOG }, async (registry) => {
    const { url, host } = registry
    const listed = await tagsOf(url, history)
    const walked = await walkRegistry(url, listed)
    const asked = await overApi(url, listed)
    const skopeo = await copyBySkopeo(host, history, listed)
    const methods = new Set((await requestsTo(registry)).map(({ method }) => method))
    return { walked, asked, skopeo, methods: [...methods].sort() }
  })
}

async function overApi(url: string, listed: Readonly<Record<string, unknown>>): Promise<BuiltScan[]> {
  const named = Object.keys(listed).flatMap((repository) => ['--repositories', repository])
  return [await builtScan(url, 'content', named), await builtScan(url, 'blobs', named)]
}

/** What clients get from a registry that has served everything before it was harmed, and what they get from a new one. */
async function servedWarm(
  seed: number,
  root: string,
): Promise<{ history: History; walked: WalkedTag[]; scans: BuiltScan[]; fresh: WalkedTag[] }> {
  const seen = await withRegistry({ root, cache: true, urls: true }, async ({ url }) => {
    const history = await randomHistory(seed, root, (pushes) => warmUp(url, pushes))
    const listed = await tagsOf(url, history)
    return { history, listed, walked: await walkRegistry(url, listed), scans: await overApi(url, listed) }
  })
  return { ...seen, fresh: await withRegistry({ root, urls: true }, ({ url }) => walkRegistry(url, seen.listed)) }
}

async function scanned({ root, seed }: History): Promise<Pick<OracleResults, 'content' | 'shallower'>> {
  const content = await builtScan(root, 'content')
  const shallower = [await builtScan(root, 'blobs')]
  if (seed % 3 === 0) shallower.push(await builtScan(root, 'graph'))
  return { content, shallower }
}

/**
 * Every tag that the registry lists. Repositories are asked for by name, because the catalogue of 2.8 leaves out those
 * without a `_layers` directory, such as those that hold nothing but empty indexes.
 */
async function tagsOf(url: string, { pushes }: History): Promise<Record<string, string[]>> {
  const tags: Record<string, string[]> = {}
  for (const { repository } of pushes) {
    const answer = await fetch(`${url}/v2/${repository}/tags/list`)
    const list: { readonly tags?: string[] | null } = JSON.parse(await answer.text())
    tags[repository] = [...(list.tags ?? [])].sort()
  }
  return tags
}
