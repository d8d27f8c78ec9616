import type { Random } from '../../seeded.ts'
import { everyBlobFault } from './blob-faults.ts'
import { type Fault, type FaultTarget, type InjectedFault, sceneOf } from './fault-target.ts'
import { everyLookAlike } from './look-alikes.ts'
import { everyManifestFault } from './manifest-faults.ts'

/**
 * Every fault class of the reliability goals, and the lawful look-alikes that must stay silent. Each is a function
 * that does one harm to one tagged image, whatever its shape.
 */
const FAULTS: ReadonlyMap<string, Fault> = new Map(
  Object.entries({ ...everyBlobFault, ...everyManifestFault, ...everyLookAlike }),
)

export const faultClasses: readonly string[] = [...FAULTS.keys()]

/**
 * Inject one fault. The storage must not be served by a registry meanwhile.
 *
 * @returns the ledger's line, or `undefined` where the image has nothing that this fault could be done to; then
 *   nothing was changed. A line tells what a scan says of a fault that is alone: several on one image can hide or
 *   merge into each other, as can one on a blob that others share.
 */
export function injectFault(fault: string, target: FaultTarget, random: Random): InjectedFault | undefined {
  const inject = FAULTS.get(fault)
  if (!inject) throw new RangeError(`no such fault class: ${fault}`)
  const effect = inject(sceneOf(target, random))
  if (!effect) return undefined
  return { seenFrom: 'graph', breaksPull: true, ...effect, fault, repository: target.repository }
}

/** Inject a fault of a random class that this image can have. */
export function injectAnyFault(
  target: FaultTarget,
  random: Random,
  among: readonly string[] = faultClasses,
): InjectedFault | undefined {
  for (const fault of random.shuffle(among)) {
    const injected = injectFault(fault, target, random)
    if (injected) return injected
  }
  return undefined
}
