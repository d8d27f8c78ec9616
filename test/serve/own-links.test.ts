import { describe, expect, it } from 'vitest'
import { withOwnLinks } from '../../src/serve/http/own-links.ts'
import type { Plan } from '../../src/serve/schedule/plan.ts'
import { summary, target } from '../metrics/events.ts'
import { planWith } from '../support/builders/plan.ts'
import { memoryStateFiles, type SimulatedService, simulatedService } from '../support/simulated/scan-service.ts'

const OUTSIDE = 'https://status.example.com/ops/'

describe('what alerts link', () => {
  it.each([
    [
      'https://status.example.com',
      'https://status.example.com/registries/private',
      'https://status.example.com/runbooks',
    ],
    [OUTSIDE, 'https://status.example.com/ops/registries/private', 'https://status.example.com/ops/runbooks'],
    ['http://[fd00::7]:9847//', 'http://[fd00::7]:9847/registries/private', 'http://[fd00::7]:9847/runbooks'],
  ])('is at %s where nothing else is said', (url, report, runbooks) => {
    expect(withOwnLinks(planWith(), url).links).toEqual({ report, runbooks })
  })

  it('is what was said, each for itself', () => {
    const links = { report: 'https://wiki.example.com/private', runbooks: 'https://git.example.com/runbooks' }
    expect(withOwnLinks(planWith({ links }), OUTSIDE).links).toEqual(links)
    expect(withOwnLinks(planWith({ links: { report: links.report } }), OUTSIDE).links).toEqual({
      report: links.report,
      runbooks: 'https://status.example.com/ops/runbooks',
    })
  })

  it('is nothing where nobody knows how to reach the server', () => {
    expect(withOwnLinks(planWith(), undefined).links).toEqual({})
  })

  it('leads to the page of the profile, whatever it is called', () => {
    const plan = withOwnLinks(planWith({ registry: 'host:5000/a b', profile: 'deep & slow' }), OUTSIDE)
    expect(plan.links.report).toBe(
      'https://status.example.com/ops/registries/host%3A5000%2Fa%20b?profile=deep%20%26%20slow',
    )
  })
})

describe('the links in the metrics of serve', () => {
  const linked = (outside: string): Plan => withOwnLinks(planWith(), outside)

  it('are there before the first scan, and once after it', async () => {
    const simulated = simulatedService()
    const { service, clock, setScan } = simulated
    setScan({ events: [target({ registry: 'private' }), summary()] })
    await service.load([linked(OUTSIDE)])
    const series =
      'registry_integrity_links_info{registry="private",report="https://status.example.com/ops/registries/private",runbooks="https://status.example.com/ops/runbooks"} 1'
    expect(await linksIn(simulated)).toEqual([series])
    await clock.pass(60_000)
    expect(await linksIn(simulated)).toEqual([series])
  })

  it('are new at once after a restart under another URL', async () => {
    const files = memoryStateFiles()
    const first = simulatedService({ files })
    first.setScan({ events: [target({ registry: 'private' }), summary()] })
    await first.service.load([linked(OUTSIDE)])
    await first.clock.pass(60_000)
    const second = simulatedService({ files, clock: first.clock })
    await second.service.load([linked('https://moved.example.com')])
    expect(await linksIn(second)).toEqual([
      'registry_integrity_links_info{registry="private",report="https://moved.example.com/registries/private",runbooks="https://moved.example.com/runbooks"} 1',
    ])
  })

  it('are not there where there is none', async () => {
    const simulated = simulatedService()
    await simulated.service.load([planWith()])
    expect(await linksIn(simulated)).toEqual([])
  })
})

async function linksIn({ service }: SimulatedService): Promise<readonly string[]> {
  return (await service.metrics()).split('\n').filter((line) => line.startsWith('registry_integrity_links_info'))
}
