import { mkdirSync } from 'node:fs'
import { pointTag } from '../builders/faults/damage-files.ts'
import { injectAnyFault } from '../builders/faults/every-fault.ts'
import { type Push, randomPushes, taggedBy } from '../builders/random-registry.ts'
import { writeStorage } from '../builders/write-storage.ts'
import { type Random, seeded } from '../seeded.ts'
import { MemoryRegistry } from '../simulated/memory-registry.ts'
import { ABORTING, HARMLESS, type MishapScene } from './mishaps.ts'

/** A storage directory that follows from its seed alone. */
export interface RandomStorage {
  readonly root: string
  readonly pushes: readonly Push[]
  /** What was done to it, in this order. */
  readonly done: readonly string[]
}

/** Write what a random registry holds after all its pushes, history of tags included, and let things happen to it. */
export function randomStorage(seed: number, root: string): RandomStorage {
  const random = seeded(`collection ${seed}`)
  const pushes = randomPushes(random)
  const memory = new MemoryRegistry()
  for (const { repository, node, tag } of pushes) memory.push(repository, node, tag)
  const at = writeStorage(memory, root)
  mkdirSync(at.repositories, { recursive: true })
  for (const { repository, tag, node } of pushes)
    if (tag !== undefined) pointTag(at, repository, { tag, digest: node.descriptor.digest })
  const tagged = taggedBy(pushes)
  const done: string[] = []
  for (let n = random.int(4); n > 0; n--) {
    const target = random.pick(tagged)
    if (target === undefined) break
    done.push(happen({ at, random, target, pushes }, root, random))
  }
  return { root, pushes, done }
}

function happen(scene: MishapScene, root: string, random: Random): string {
  const { repository, tag, node } = scene.target
  const kind = random.int(10)
  if (kind === 0) {
    const fault = attempt(() => injectAnyFault({ root, repository, tag, node }, random)?.fault)
    return `${repository}:${tag}: fault ${fault}`
  }
  const [name, mishap] = random.pick(Object.entries(kind < 7 ? HARMLESS : ABORTING)) ?? ['nothing', () => undefined]
  const did = attempt(() => {
    mishap(scene)
    return name
  })
  return `${repository}:${tag}: ${did}`
}

/** What an earlier mishap took away, a later one does not find. */
function attempt(act: () => string | undefined): string {
  try {
    return act() ?? 'nothing'
  } catch (error) {
    if (error instanceof Error && 'code' in error) return `nothing (${String(error.code)})`
    throw error
  }
}
