import { didYouMean } from '../../config/nearest.ts'
import { UsageError } from '../options/usage-error.ts'
import type { ExitCode } from '../process/exit-code.ts'
import type { Io } from '../process/io.ts'
import { codePages } from './code-pages.ts'

const ROOMS = [
  { title: 'Findings', room: 'findings' },
  { title: 'Verdicts on tags', room: 'verdicts' },
  { title: 'Why an object is unchecked or skipped', room: 'unchecked' },
  { title: 'Alerts', room: 'runbooks' },
] as const

/** Prints the page of a code, or the list of all codes. @throws {UsageError} if the code is unknown */
export function explainCommand(code: string | undefined, io: Io): ExitCode {
  const rooms = ROOMS.map(({ title, room }) => ({ title, pages: codePages(room) }))
  if (code === undefined) {
    for (const { title, pages } of rooms) {
      const width = Math.max(20, ...[...pages.keys()].map(({ length }) => length)) + 2
      io.stdout.write(`${title}\n`)
      for (const [name, text] of pages) io.stdout.write(`  ${name.padEnd(width)}${summaryOf(text)}\n`)
      io.stdout.write('\n')
    }
    io.stdout.write('regfsck explain CODE shows how to confirm it by hand and how to repair it.\n')
    return 0
  }
  const page = rooms.map(({ pages }) => pages.get(code)).find((text) => text !== undefined)
  if (page === undefined) {
    const meant = didYouMean(
      code,
      rooms.flatMap(({ pages }) => [...pages.keys()]),
    )
    throw new UsageError([`no such code: ${JSON.stringify(code)}${meant || '; regfsck explain lists all'}`])
  }
  io.stdout.write(page)
  return 0
}

/** Every code that has a page. */
export function explainedCodes(): readonly string[] {
  return ROOMS.flatMap(({ room }) => [...codePages(room).keys()])
}

/** The first sentence below the heading; for an alert, the first one after its severity. */
function summaryOf(page: string): string {
  const paragraph = page.split('\n\n')[1] ?? ''
  return (
    paragraph
      .replaceAll('\n', ' ')
      .replace(/^Severity: [^.]+\. (?=.)/, '')
      .split(/(?<=\.)\s/)[0] ?? ''
  )
}
