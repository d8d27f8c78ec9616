import { partsOf } from '../image-parts.ts'
import { type PinnedUse, type PinText, pinnedText } from './pinned-use.ts'

/** A variable for each use: `WEB_IMAGE=registry.example.com/app:1.4@sha256:…`. */
export function envFile(uses: readonly PinnedUse[]): PinText {
  const variables = new Map<string, string>()
  for (const use of uses) {
    const name = variableOf(use)
    const value = pinnedText(use)
    if ((variables.get(name) ?? value) !== value)
      return {
        because: `${use.place.file}:${use.place.line}: two images would be ${name}: use --format list or json, or leave one out`,
      }
    variables.set(name, value)
  }
  return { text: [...variables].map(([name, value]) => `${name}=${value}\n`).join('') }
}

/** Who uses it, without what it is: `service web` is `WEB_IMAGE`. A list has no names, so that of the image is taken. */
function variableOf({ service, usedBy, key }: PinnedUse): string {
  const user = service ?? (usedBy === 'list' ? partsOf(key).name.replace(/^.*\//, '') : usedBy.replace(/^\S+ /, ''))
  const name = `${user} image`.toUpperCase().replace(/[^A-Z0-9]+/g, '_')
  return /^[A-Z_]/.test(name) ? name : `_${name}`
}
