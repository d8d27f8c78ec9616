import { join } from 'node:path'
import type { ClientSees, Fixture } from '../../../fixtures/fixture.ts'
import { withRegistry } from '../servers/registry.ts'
import { everyTag, type WalkedTag, walkRegistry } from './plain-walker.ts'

/** What a client of a real registry gets for one tag, beside what the catalogue says that it gets. */
export interface Served {
  readonly reference: string
  readonly expected: readonly ClientSees[]
  readonly walked: WalkedTag
}

/**
 * Serve a fixture with a real registry and fetch every tag of it whole.
 *
 * @param directory where the fixture is; the registry is given it as it is, and writes nothing unless asked to
 */
export async function serveFixture(fixture: Fixture, directory: string): Promise<Served[]> {
  const served: Served[] = []
  for (const inside of fixture.roots ?? ['.']) {
    const options = { root: join(directory, inside), ...fixture.registry }
    const walked = await withRegistry(options, async ({ url }) => walkRegistry(url, await everyTag(url)))
    for (const each of walked) {
      const reference = `${each.repository}:${each.tag}`
      served.push({ reference, expected: expectedOf(fixture, each), walked: each })
    }
  }
  return served
}

function expectedOf({ client, expect }: Fixture, { repository, tag }: WalkedTag): readonly ClientSees[] {
  const said = client?.[`${repository}:${tag}`]
  if (said) return [said]
  const verdict = expect.tags.find((each) => each.repository === repository && each.tag === tag)?.verdict
  return verdict === 'degraded' || verdict === 'unpullable' ? ['broken', 'refused'] : ['whole']
}
