import type { RepairStep } from '../../check/repair/step.ts'
import { imageName } from '../../oci/image-name.ts'

/** What a step does, in one line. Contains text from the registry: escape before printing. */
export function titleOf(step: RepairStep): string {
  switch (step.does) {
    case 'save':
      return `Save ${imageName(step.repository, step.tag)} to the quarantine`
    case 'quarantine':
      return `Move ${step.path} to the quarantine`
    case 'set-aside':
      return `Move ${step.path} to the quarantine if nothing needs it`
    case 'restart':
      return 'Restart the registry'
    case 'upload':
      return `Upload ${step.digest} to ${step.repository}`
    case 'fetch':
      return `Fetch ${step.digest} of ${step.repository} from SOURCE`
    case 'push':
      return `Push the manifest ${imageName(step.repository, step.digest)}`
    case 'tag':
      return `Restore the tag ${imageName(step.repository, step.tag)}`
    case 'copy':
      return `Copy ${imageName(step.repository, step.tag ?? step.digest ?? '')} from SOURCE`
    case 'pull':
      return `Pull ${step.reference} of ${step.repository}`
    case 'check':
      return `Check ${imageName(step.repository, step.tag)}`
  }
}
