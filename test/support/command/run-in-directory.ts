import { chdir, cwd } from 'node:process'
import type { Ran } from './run.ts'
import { regfsckHere } from './run-in-process.ts'

/** Runs the command line in this process, in a directory. One at a time: a process has one working directory. */
export async function regfsckIn(
  directory: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const before = cwd()
  chdir(directory)
  try {
    return await regfsckHere(args, { env })
  } finally {
    chdir(before)
  }
}
