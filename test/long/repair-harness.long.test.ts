import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { fixtureTrial, harmfulFixtures } from '../support/repair/fixture-trial.ts'
import { liveDamageClasses } from '../support/repair/live-damage.ts'
import { randomTrial } from '../support/repair/random-trial.ts'
import { failuresOf } from '../support/repair/trial.ts'
import { scratch } from '../support/scratch.ts'
import { describeWithServers } from '../support/servers/required.ts'

const COMBINATIONS = 200

const directory = scratch()

const newDirectory = (): string => mkdtempSync(join(directory, 'trial-'))

describeWithServers(['docker-registry', 'skopeo', 'shellcheck'], 'the printed repair, run by hand', () => {
  it.concurrent.each(harmfulFixtures)('repairs $name', async (fixture) => {
    expect(await failuresOf(fixtureTrial(fixture, newDirectory()))).toEqual([])
  })

  it.concurrent.each(liveDamageClasses)('repairs: %s', async (name) => {
    expect(await failuresOf(randomTrial(0, newDirectory(), name))).toEqual([])
  })

  it.concurrent.each(Array.from({ length: COMBINATIONS }, (_, seed) => seed))(
    'repairs what seed %i damages',
    async (seed) => {
      expect(await failuresOf(randomTrial(seed, newDirectory()))).toEqual([])
    },
  )
})
