import type { Random } from '../../seeded.ts'
import { everyBlobFault } from './blob-faults.ts'
import { type Plant, type Planted, sceneOf, type Victim } from './fault-target.ts'
import { everyLookAlike } from './look-alikes.ts'
import { everyManifestFault } from './manifest-faults.ts'

/**
 * Every fault class of the reliability goals, and the lawful look-alikes that must stay silent. Each is a hand that
 * does one harm to one tagged image, whatever its shape.
 */
const PLANTS: ReadonlyMap<string, Plant> = new Map(
  Object.entries({ ...everyBlobFault, ...everyManifestFault, ...everyLookAlike }),
)

export const faultClasses: readonly string[] = [...PLANTS.keys()]

/**
 * Plant one fault. The storage must not be served by a registry meanwhile.
 *
 * @returns the ledger's line, or `undefined` where the image has nothing that this fault could be done to; then
 *   nothing was changed. A line tells what a scan says of a fault that is alone: several on one image can hide or
 *   merge into each other, as can one on a blob that others share.
 */
export function plantFault(fault: string, victim: Victim, random: Random): Planted | undefined {
  const plant = PLANTS.get(fault)
  if (!plant) throw new RangeError(`no such fault class: ${fault}`)
  const wound = plant(sceneOf(victim, random))
  if (!wound) return undefined
  return { seenFrom: 'graph', breaksPull: true, ...wound, fault, repository: victim.repository }
}

/** Plant a fault of a random class that this image can have. */
export function plantAnyFault(
  victim: Victim,
  random: Random,
  among: readonly string[] = faultClasses,
): Planted | undefined {
  for (const fault of random.shuffle(among)) {
    const planted = plantFault(fault, victim, random)
    if (planted) return planted
  }
  return undefined
}
