import { seeded } from '../seeded.ts'
import { withRegistry } from '../servers/registry.ts'
import { type DamageDone, damageSome, deleteSome } from './faults/random-damage.ts'
import { digestOf, manifestsUnder } from './images.ts'
import { pushAll } from './push-all.ts'
import { type Push, randomPushes, taggedBy } from './random-registry.ts'

/** All that happened to one registry, and follows from its seed alone. */
export interface History extends DamageDone {
  readonly seed: number
  readonly root: string
  readonly pushes: readonly Push[]
  /** Digests of all manifests that were pushed. */
  readonly manifests: ReadonlySet<string>
  /** Under which digest a config or layer is stored, by the digest that manifests give it. */
  readonly stored: ReadonlyMap<string, string>
}

/**
 * Push a random registry into an empty directory through a real registry, and let things happen to it: deletions
 * through the API, faults, garbage collections. The registry that it was pushed to is gone before the faults.
 *
 * @param beforeFaults told what was pushed, while only deletions through the API have happened
 */
export async function randomHistory(
  seed: number,
  root: string,
  beforeFaults: (pushes: readonly Push[]) => Promise<void> = () => Promise.resolve(),
): Promise<History> {
  const random = seeded(`registry ${seed}`)
  const pushes = randomPushes(random)
  const deleted = await withRegistry({ root, urls: true }, async ({ url }) => {
    await pushAll(url, pushes, random)
    return deleteSome(url, pushes, random)
  })
  await beforeFaults(pushes)
  const damage = await damageSome(root, { tagged: taggedBy(pushes), turn: seed }, random)
  const manifests = pushes.flatMap(({ node }) => manifestsUnder(node))
  const blobs = manifests.flatMap((each) => (each.kind === 'image' ? [each.config, ...each.layers] : []))
  return {
    ...damage,
    seed,
    root,
    pushes,
    ledger: [...deleted, ...damage.ledger],
    manifests: new Set(manifests.map(({ descriptor }) => descriptor.digest)),
    stored: new Map(blobs.map(({ descriptor, bytes }) => [descriptor.digest, digestOf(bytes)])),
  }
}
