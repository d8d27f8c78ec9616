import { remove } from '../builders/faults/damage-files.ts'
import { artifact, attestationFor, image, index, layer } from '../builders/images.ts'
import { pushAll } from '../builders/push-all.ts'
import { type Push, randomPushes, taggedBy } from '../builders/random-registry.ts'
import type { StoragePaths } from '../builders/storage-paths.ts'
import { type Random, seeded } from '../seeded.ts'
import { damageClasses, damageRegistry } from './live-damage.ts'
import { tagsIn } from './read-storage.ts'
import type { Trial } from './trial.ts'

/** In one of so many trials SOURCE has lost a repository, and in one of twice as many it has lost all: only what survives can heal. */
const FORGETFUL = 4

/**
 * A seeded registry, and up to four harms. Of these one takes its turn, so that a row of seeds meets every class; the
 * others are drawn.
 *
 * @param only the one harm to do, in place of those that follow from the seed
 */
export function randomTrial(seed: number, directory: string, only?: string): Trial {
  const random = seeded(`repair ${seed} ${only ?? ''}`)
  const pushes = [...randomPushes(random), ...everyKind(seed)]
  return {
    directory,
    report: async (stage) => {
      await pushAll(stage.live.url, pushes, random)
      await stage.pristine()
      const ledger: string[] = []
      for (const name of only === undefined ? harmsOf(seed, random) : [only])
        ledger.push(await damageRegistry(name, stage, random.shuffle(taggedBy(pushes)), random))
      return ledger
    },
    ...(seed % FORGETFUL === FORGETFUL - 1 && { forget: (source) => forgetSome(seed, source, random) }),
  }
}

function harmsOf(seed: number, random: Random): string[] {
  const inTurn = damageClasses[seed % damageClasses.length] ?? ''
  const drawn = random.shuffle(damageClasses).slice(0, random.int(4))
  return random.shuffle([inTurn, ...drawn])
}

/** What a random registry may lack: an index in an index, provenance, an artifact, a tag that was moved and moved back. */
function everyKind(seed: number): Push[] {
  const base = layer(`base ${seed}`, 300)
  const one = image(`one ${seed}`, { layers: [base, layer(`one ${seed}`)] })
  const two = image(`two ${seed}`, { platform: 'linux/arm64', layers: [base, layer(`two ${seed}`)] })
  const repository = 'kinds'
  return [
    {
      repository,
      tag: 'nested',
      node: index([index([one, two]), image(`beside ${seed}`, { platform: 'linux/s390x' })]),
    },
    { repository, tag: 'attested', node: index([one, attestationFor(one)]) },
    { repository, tag: 'artifact', node: artifact(`sbom ${seed}`, 'application/vnd.example.sbom') },
    { repository, tag: 'rolled-back', node: one },
    { repository, tag: 'rolled-back', node: two },
    { repository, tag: 'rolled-back', node: one },
    { repository: 'kinds/copy', tag: 'same', node: one },
  ]
}

function forgetSome(seed: number, source: StoragePaths, random: Random): string[] {
  const repositories = [...new Set(tagsIn(source).map(({ repository }) => repository))]
  const chosen = seed % (2 * FORGETFUL) === FORGETFUL - 1 ? repositories : random.shuffle(repositories).slice(0, 1)
  for (const each of chosen) remove(`${source.repository(each)}/_manifests`)
  return [`SOURCE has lost ${chosen.join(', ')}`]
}
