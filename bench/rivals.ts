import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from './timing.ts'

/** Lists the names of all files and checks nothing. */
export function find(root: string): Command {
  return ['find', root, '-type', 'f']
}

/** The registry's own walk over every link and manifest, told to delete nothing. The configuration is Debian's. */
export function collectGarbage(root: string, scratch: string): Command {
  const file = join(scratch, 'config.yml')
  writeFileSync(
    file,
    `version: 0.1
log:
  fields:
    service: registry
storage:
  cache:
    blobdescriptor: inmemory
  filesystem:
    rootdirectory: ${JSON.stringify(root)}
  delete:
    enabled: true
`,
  )
  return ['docker-registry', 'garbage-collect', '--dry-run', file]
}

/** Hash every stored blob with two processes at a time, eight files to a process, and compare with nothing. */
export function hashAll(root: string, ...program: Command): Command {
  const script = 'root=$1; shift; find "$root" -name data -print0 | xargs -0 -P 2 -n 8 "$@"'
  return ['sh', '-c', script, 'sh', root, ...program]
}
