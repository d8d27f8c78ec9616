import { Collected } from './collected.ts'
import { Lines } from './lines.ts'
import type { ReferencesRead, SourceFile } from './reference.ts'

/**
 * Reads a list: one reference a line. A `#` at the beginning of a line or after a blank starts a comment.
 *
 * Templates that are left over (`{{ .Values.image }}`, `$IMAGE`) are unknown: a list has no variables.
 */
export function readList(file: SourceFile): ReferencesRead {
  const found = new Collected()
  const lines = new Lines(file.name, file.text)
  for (const line of file.text.matchAll(/[^\r\n]+/g)) {
    const text = line[0].replace(/(?<=^|\s)#.*$/, '')
    const image = text.trim()
    if (image === '') continue
    const start = line.index + text.indexOf(image)
    const place = lines.at(start)
    const because = problemOf(image)
    if (because === undefined)
      found.images.push({ image, place, usedBy: 'list', span: { start, end: start + image.length } })
    else found.unknown.push({ text: image, place, usedBy: 'list', because })
  }
  return found
}

function problemOf(image: string): string | undefined {
  if (/[{}$]/.test(image)) return 'a list has no variables'
  if (/\s/.test(image)) return 'it is more than one word: a list has one reference on each line'
  return undefined
}
