import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { image } from '../../support/builders/images.ts'
import { type SaidTarget, targetIn } from '../../support/command/run.ts'
import { regfsckHere } from '../../support/command/run-in-process.ts'
import { scratch } from '../../support/scratch.ts'
import { LOSSES, type VanishingRegistry, vanishingRegistry } from '../../support/simulated/vanishing-registry.ts'

describe('simulated: a registry that, in the middle of a scan,', () => {
  const home = scratch()
  const before = join(home, 'before.json')
  const images = new Map(['bad', 'good', 'team/other'].map((name) => [name, image(name)]))
  let registry: VanishingRegistry
  let calm: SaidTarget
  let requests = 0

  beforeAll(async () => {
    registry = await vanishingRegistry(images, new Set([image('bad').config.descriptor.digest]))
    calm = targetIn(await scan(before))
    requests = registry.requests
  })
  afterAll(() => registry.stop())

  function scan(state: string): ReturnType<typeof regfsckHere> {
    const flags = ['--output=json', '--recheck-delay=0', '--registry=lab', '--request-timeout=1s', '--concurrency=1']
    return regfsckHere(['scan', ...flags, '--state', state, registry.url])
  }

  const known = (state: string): string[] =>
    JSON.parse(readFileSync(state, 'utf8')).memories.flatMap(({ findings }: { findings: { id: string }[] }) =>
      findings.map(({ id }) => id),
    )

  it('has one missing config and no other damage, as long as it is there', () => {
    expect(calm).toMatchObject({ complete: true, findings: [{ code: 'config-missing', repository: 'bad' }] })
    expect(known(before)).toEqual(calm.findings.map(({ id }) => id))
  })

  it.each(LOSSES)('$name, is never reported as complete, and nothing as fixed', async ({ loss }) => {
    const state = join(home, 'state.json')
    // A registry that is another one from the start is one of which nothing is known: it begins with the third request.
    const odd = LOSSES.findIndex((other) => other.loss === loss) % 2
    for (let moment = 3 + odd; moment <= requests; moment += 2) {
      copyFileSync(before, state)
      registry.vanish(loss, moment)
      const ran = await scan(state)
      const { complete, fixed = [], findings } = targetIn(ran)
      expect({ moment, isZero: ran.code === 0, fixed }).toEqual({ moment, isZero: false, fixed: [] })
      expect(known(state)).toEqual(expect.arrayContaining(known(before)))
      // What is damage by all appearances may be told as such; what was known is not dropped.
      if (complete) expect(findings.map(({ id }) => id)).toEqual(expect.arrayContaining(known(before)))
    }
  })

  it.each(LOSSES.slice(0, 3))('$name, and gets it back, is reported as incomplete or as it is', async ({ loss }) => {
    const state = join(home, 'back.json')
    for (let moment = 1; moment < requests; moment += 2) {
      copyFileSync(before, state)
      registry.vanish(loss, moment, moment + 3)
      const { complete, fixed = [], findings } = targetIn(await scan(state))
      expect({ moment, fixed }).toEqual({ moment, fixed: [] })
      expect(known(state)).toEqual(expect.arrayContaining(known(before)))
      if (complete) expect(findings.map(({ id }) => id)).toEqual(expect.arrayContaining(known(before)))
    }
  })
})

describe('simulated: what a registry deletes on purpose', () => {
  const home = scratch()

  it('is dropped: a repository deleted between two scans counts as fixed, and so does one deleted during a scan', async () => {
    const images = new Map(['bad', 'good', 'team/other'].map((name) => [name, image(name)]))
    const registry = await vanishingRegistry(images, new Set([image('bad').config.descriptor.digest]))
    const state = join(home, 'state.json')
    const flags = ['--output=json', '--recheck-delay=0', '--registry=lab', '--concurrency=1', '--state', state]
    await regfsckHere(['scan', ...flags, registry.url])
    const requests = registry.requests
    registry.calm()
    const running = regfsckHere(['scan', ...flags, registry.url])
    // Before the second look, which is the last that is asked but for the proof that all is still there.
    while (registry.requests < requests - 12) await new Promise(setImmediate)
    images.delete('bad')
    const ran = await running
    await registry.stop()
    expect(targetIn(ran)).toMatchObject({ complete: true, fixed: [{ repository: 'bad' }] })
    expect(ran.code).toBe(0)
  })
})
