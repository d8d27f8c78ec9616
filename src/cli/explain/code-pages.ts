import { readdirSync, readFileSync } from 'node:fs'

/** Where there is a page for each code. */
export const CODE_ROOMS = ['findings', 'verdicts', 'unchecked', 'runbooks'] as const

export type CodeRoom = (typeof CODE_ROOMS)[number]

/** The pages of a room by code, in the project and in the package. Markdown. */
export function codePages(room: CodeRoom): ReadonlyMap<string, string> {
  const directory = new URL(`../../../docs/${room}/`, import.meta.url)
  const names = readdirSync(directory)
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .sort()
  return new Map(names.map((name) => [name.slice(0, -'.md'.length), readFileSync(new URL(name, directory), 'utf8')]))
}
