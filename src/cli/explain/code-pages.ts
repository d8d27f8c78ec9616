import { readdirSync, readFileSync } from 'node:fs'

/** The directories of `docs/` that have a page for each code. */
export const CODE_ROOMS = ['findings', 'verdicts', 'unchecked', 'runbooks'] as const

/** A directory of `docs/` with a page for each code. */
export type CodeRoom = (typeof CODE_ROOMS)[number]

/** The Markdown pages of a directory by code. Works in the repository and in the package. */
export function codePages(room: CodeRoom): ReadonlyMap<string, string> {
  const directory = new URL(`../../../docs/${room}/`, import.meta.url)
  const names = readdirSync(directory)
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .sort()
  return new Map(names.map((name) => [name.slice(0, -'.md'.length), readFileSync(new URL(name, directory), 'utf8')]))
}
