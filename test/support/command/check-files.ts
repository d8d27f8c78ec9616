import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { scratch } from '../scratch.ts'
import { type Ran, regfsck } from './run.ts'
import { regfsckIn } from './run-in-directory.ts'

/** Writes files to a new directory. @returns the directory */
export function written(texts: Readonly<Record<string, string>>): string {
  const directory = scratch()
  for (const [name, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true })
    writeFileSync(join(directory, name), text)
  }
  return directory
}

/** Runs `regfsck check` in a directory. @param input a file in it for standard input of the built command */
export function checkIn(directory: string, args: readonly string[], input?: string): Promise<Ran> {
  const words = ['check', '--recheck-delay=0', ...args]
  if (input === undefined) return regfsckIn(directory, words)
  return regfsck(words, { cwd: directory, under: ['sh', '-c', `exec "$@" <${input}`, 'sh'] })
}

/** A service of a compose file. */
export function service(name: string, reference: string, more = ''): string {
  return `  ${name}:\n    image: ${reference}\n${more}`
}

/** A manifest of a pod. */
export function pod(reference: string): string {
  return `apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: shop}\nspec:\n  containers:\n    - image: ${reference}\n      name: app\n`
}
