import { imageName } from '../../oci/image-name.ts'
import type { Write } from '../report.ts'
import type { ReachOutput } from './reach-output.ts'

/** `REPOSITORY@DIGEST` of everything that is reached, one a line: by repository, then by digest. */
export function protectList(write: Write): ReachOutput {
  return {
    target: () => undefined,
    take(event) {
      if (event.type !== 'repository') return
      const { repository, reached } = event.reach
      if (reached.length > 0) write(reached.map(({ digest }) => `${imageName(repository, digest)}\n`).join(''))
    },
    end: () => undefined,
  }
}
