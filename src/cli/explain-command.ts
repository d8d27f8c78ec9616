import { readdirSync, readFileSync } from 'node:fs'
import type { ExitCode } from './exit-code.ts'
import type { Io } from './io.ts'
import { UsageError } from './usage-error.ts'

/** Where the pages are, in the project and in the package. */
const ROOMS = [
  { title: 'Findings', directory: '../../docs/findings/' },
  { title: 'Verdicts on tags', directory: '../../docs/verdicts/' },
  { title: 'Why an object is unchecked or skipped', directory: '../../docs/unchecked/' },
] as const

/** Print the page of a code, or the list of all codes. @throws {UsageError} where there is no such code */
export function explainCommand(code: string | undefined, io: Io): ExitCode {
  const rooms = ROOMS.map(({ title, directory }) => ({ title, pages: pagesIn(new URL(directory, import.meta.url)) }))
  if (code === undefined) {
    for (const { title, pages } of rooms) {
      io.stdout.write(`${title}\n`)
      for (const [name, text] of pages) io.stdout.write(`  ${name.padEnd(22)}${summaryOf(text)}\n`)
      io.stdout.write('\n')
    }
    io.stdout.write('regfsck explain CODE tells how to confirm it by hand and what heals it.\n')
    return 0
  }
  const page = rooms.map(({ pages }) => pages.get(code)).find((text) => text !== undefined)
  if (page === undefined) throw new UsageError([`no such code: ${JSON.stringify(code)}; regfsck explain lists all`])
  io.stdout.write(page)
  return 0
}

function pagesIn(directory: URL): Map<string, string> {
  const names = readdirSync(directory)
    .filter((name) => name.endsWith('.md'))
    .sort()
  return new Map(names.map((name) => [name.slice(0, -'.md'.length), readFileSync(new URL(name, directory), 'utf8')]))
}

/** The first sentence below the heading. */
function summaryOf(page: string): string {
  const paragraph = page.split('\n\n')[1] ?? ''
  return paragraph.replaceAll('\n', ' ').split(/(?<=\.)\s/)[0] ?? ''
}
