import { MARK, type PinnedUse, type PinText, pinnedText } from './pinned-use.ts'
import { yamlText } from './yaml-text.ts'

/** A compose file that only sets the images of services, to be merged over the files that describe them. */
export function composeOverride(uses: readonly PinnedUse[]): PinText {
  const services = new Map<string, PinnedUse>()
  for (const use of uses) {
    const { service } = use
    if (service === undefined) continue
    const other = services.get(service)
    if (other !== undefined && pinnedText(other) !== pinnedText(use))
      return {
        because: `${use.place.file}:${use.place.line}: there is another service ${service} in ${other.place.file}: pin each project by itself`,
      }
    services.set(service, use)
  }
  const lines = [...services].map(([name, use]) => `  ${yamlText(name)}:\n    image: ${yamlText(pinnedText(use))}\n`)
  return { text: `${MARK}services:\n${lines.join('')}` }
}
