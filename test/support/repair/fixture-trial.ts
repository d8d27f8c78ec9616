import { catalogue } from '../../../fixtures/catalogue.ts'
import type { Fixture, FixtureStorage } from '../../../fixtures/fixture.ts'
import { pushByReference } from '../builders/push.ts'
import { collectGarbage } from '../servers/registry.ts'
import type { Stage, Trial } from './trial.ts'

/** Of these a running registry that was whole before cannot be made, or is no place to push to. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'child-deleted-by-api': 'its harm is part of its pushes; live-damage.ts has the same',
  'pull-through-cache-without-schedule': 'a cache cannot be pushed to',
  'pull-through-cache-with-expired-blobs': 'a cache cannot be pushed to',
}

/** Every fixture that is damage or a warning, and can befall a registry that is running. */
export const harmfulFixtures: readonly Fixture[] = catalogue.filter(
  ({ name, expect, roots, notServed }) =>
    expect.findings.length > 0 && !roots && !notServed && ELSEWHERE[name] === undefined,
)

/** The fixture built beside a running registry with a warm cache, in place of a storage that nobody serves. */
export function fixtureTrial(fixture: Fixture, directory: string): Trial {
  return {
    directory,
    schema1: fixture.registry?.schema1 ?? fixture.name.startsWith('schema1'),
    report: async (stage) => {
      await fixture.build(storageOf(stage))
      return [fixture.name]
    },
  }
}

function storageOf({ root, at, live, pristine }: Stage): FixtureStorage {
  const serve: FixtureStorage['serve'] = async (use) => {
    await use((repository) => ({ url: live.url, repository }))
    await pristine()
  }
  return {
    root,
    at,
    serve,
    pushAll: (images) => serve((place) => pushByReference(place, images)),
    collectGarbage: async (options) => {
      const { code, output } = await collectGarbage(root, { schema1: true, ...options })
      if (code !== 0) throw new Error(`garbage-collect ended with ${code}: ${output}`)
    },
  }
}
