import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { collectGarbage } from '../servers/registry.ts'

/** What the real `garbage-collect` printed and did. */
export interface RealCollection {
  readonly aborted: boolean
  /** Its last line, if it ended with an error. */
  readonly error: string | undefined
  /** Lines of standard output, without those about blobs that are eligible. */
  readonly lines: readonly string[]
  /** Blobs that are eligible: it prints them in random order. */
  readonly eligible: readonly string[]
  /** Directories of revisions, in the order in which it deleted them. */
  readonly revisions: readonly string[]
  /** All files afterwards, below `docker/registry/v2`. */
  readonly files: ReadonlySet<string>
}

/** Run the real collector on a storage. */
export async function collectForReal(
  root: string,
  options: { readonly deleteUntagged: boolean; readonly dryRun: boolean },
): Promise<RealCollection> {
  const { code, output } = await collectGarbage(root, options)
  const all = output.split('\n')
  const own = all.filter((line) => !/^time="|^goroutine |^\t|^[\w./()*]+\(.*\)$/.test(line))
  const failed = own.findIndex((line) => /failed to garbage collect: |^panic: /.test(line))
  const printed = (failed < 0 ? own : own.slice(0, failed)).filter((line) => line !== '')
  const error =
    failed < 0
      ? undefined
      : own
          .slice(failed)
          .join('\n')
          .replace(/^.*failed to garbage collect: /s, '')
          .trim()
  const blob = /^blob eligible for deletion: /
  return {
    aborted: code !== 0,
    error,
    lines: printed.filter((line) => !blob.test(line)),
    eligible: printed.filter((line) => blob.test(line)).sort(),
    revisions: all.flatMap((line) => /msg="deleting manifest: [^"]*\/repositories\/([^"]*)"/.exec(line)?.[1] ?? []),
    files: new Set(filesBelow(join(root, 'docker/registry/v2'))),
  }
}

/** All files below a directory, by their paths relative to it. */
export function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
}
