import { join } from 'node:path'
import { expect, it } from 'vitest'
import { catalogue } from '../../fixtures/catalogue.ts'
import { makeFixture } from '../../fixtures/make.ts'
import { copyOfFixture } from '../support/builders/fixtures.ts'
import { serveFixture } from '../support/oracles/serve-fixture.ts'
import { scratch } from '../support/scratch.ts'
import { describeWithServers } from '../support/servers/required.ts'

describeWithServers(['docker-registry'], 'a client of a real registry gets what the catalogue says', () => {
  const directory = scratch()

  it.each(catalogue.filter(({ notServed }) => !notServed).map((fixture) => ({ name: fixture.name, fixture })))(
    'from $name',
    async ({ fixture }) => {
      const at = join(directory, fixture.name)
      if (fixture.form === 'recipe') await makeFixture(fixture, directory)
      else copyOfFixture(fixture.name, at)
      const served = await serveFixture(fixture, at)
      expect(served.filter(({ expected, walked }) => !expected.includes(walked.is))).toEqual([])
      for (const { repository, tag, verdict } of fixture.expect.tags)
        if (verdict !== 'unchecked')
          expect(served.find(({ reference }) => reference === `${repository}:${tag}`)?.walked.pullable).toBe(
            verdict === 'degraded',
          )
    },
  )
})
