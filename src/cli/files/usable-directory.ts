import { accessSync, constants, lstatSync, readlinkSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { whyKernels } from './kernel-files.ts'

/** Why a directory cannot be used or created; `undefined` if it can. Creates nothing. */
export function whyUnusable(directory: string): string | undefined {
  try {
    const found = statSync(directory, { throwIfNoEntry: false })
    if (found === undefined) {
      if (lstatSync(directory, { throwIfNoEntry: false })?.isSymbolicLink())
        throw new Error(`it is a symbolic link to ${readlinkSync(directory)}, which does not exist`)
      if (dirname(directory) !== directory) return whyUnusable(dirname(directory))
    }
    if (found?.isDirectory() === false) throw new Error('it is not a directory')
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK)
    const why = whyKernels(directory)
    return why === undefined ? undefined : `cannot use ${directory}: ${why}`
  } catch (error) {
    return `cannot use ${directory}: ${error instanceof Error ? error.message : String(error)}`
  }
}
