import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { image, index } from '../support/builders/images.ts'
import { push } from '../support/builders/push.ts'
import { scanJson, targetIn } from '../support/command/run.ts'
import { scratch } from '../support/scratch.ts'
import { ACCESS_LOG, requestsTo } from '../support/servers/access-log.ts'
import { type RunningRegistry, startRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'

const root = join(scratch(), 'registry')
const TAGS = 40

describeWithServers(['docker-registry'], 'what a scan asks of a real registry', () => {
  let registry: RunningRegistry

  beforeAll(async () => {
    const quiet = await startRegistry({ root })
    for (let n = 0; n < TAGS; n++) {
      const place = { url: quiet.url, repository: `team/app-${n % 4}` }
      const platforms = ['linux/amd64', 'linux/arm64'].map((platform) => image(`${n} ${platform}`, { platform }))
      await push(place, index(platforms), `v${n}`)
      // A second name for the same image: nothing below it is asked for again.
      if (n % 4 === 0) await push(place, index(platforms), `same-as-v${n}`)
    }
    await quiet.stop()
    registry = await startRegistry({ root, config: ACCESS_LOG })
  })

  afterAll(() => registry.stop())

  it.each([
    ['graph', 0],
    ['blobs', 1],
    ['content', 1],
  ] as const)('at depth %s is each thing once, by GET and HEAD alone', async (depth, blobsCount) => {
    const before = (await requestsTo(registry)).length
    const ran = await scanJson([registry.url], ['--depth', depth])
    const { totals } = targetIn(ran)
    expect(ran.code).toBe(0)
    expect(ran.stderr).toBe('')
    const asked = (await requestsTo(registry)).slice(before)
    expect(new Set(asked.map(({ method }) => method))).toEqual(new Set(['GET', 'HEAD']))
    const sum = (counts: Readonly<Record<string, number>> = {}) => Object.values(counts).reduce((a, b) => a + b, 0)
    const fewest =
      sum(totals?.tags) + sum(totals?.manifests) + blobsCount * sum(totals?.blobs) + (totals?.repositories ?? 0) + 1
    expect(sum(totals?.tags)).toBe(TAGS + TAGS / 4)
    // Four more than the fewest: whether a registry answers at all, and is no cache; at the end whether it still answers and
    // lists the same.
    expect(asked.length).toBe(fewest + 4)
    const twice = asked
      .map(({ method, uri }) => `${method} ${uri}`)
      .sort()
      .filter((each, n, all) => each === all[n - 1])
    expect(twice).toEqual(['GET /v2/', 'GET /v2/_catalog?n=1000'])
  })
})
