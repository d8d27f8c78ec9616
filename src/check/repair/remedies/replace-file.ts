import type { Parts } from '../parts.ts'
import type { Remedy } from '../remedy.ts'

/** The bytes of a file are wrong: move it away, because a push does not replace it, and push again. */
export function replaceFile(parts: Parts, why: string): Remedy {
  const stays = 'Pushing again gets 201 and does not repair it: move the bad file away first.'
  if (!parts.hasFiles)
    return {
      action: 'replace-file',
      why: `${why} ${stays} The API does not show the file: scan the storage, which names it. A proxy may have altered the bytes too: send the request to the registry itself, bypassing any proxy. ${parts.copyText('')}`.trim(),
      steps: parts.copies(),
    }
  return {
    action: 'replace-file',
    why: `${why} ${stays} Every repository with this digest reads the same file. ${parts.copyText('')}`.trim(),
    steps: [...parts.damagedFile(), ...parts.inTheWay(), ...parts.copies()],
  }
}
