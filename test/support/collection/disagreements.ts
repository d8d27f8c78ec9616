import type { GcOutcome } from '../../../src/gc/outcome.ts'
import type { WalkedTag } from '../oracles/plain-walker.ts'
import type { Preview } from './preview.ts'
import type { RealCollection } from './real-collection.ts'

/** Where the model and the real dry run differ. */
export function dryRunDisagreements({ lines, eligible, outcome }: Preview, real: RealCollection): string[] {
  const aborts = outcome.aborts.filter(({ phase, kind }) => phase === 'mark' || MET_BY_DRY_RUNS.has(kind))
  return [
    ...difference('dry run, aborted', aborts.length > 0, real.aborted),
    ...difference('dry run, lines', lines, real.lines),
    ...difference('dry run, blobs', eligible, real.eligible),
    ...errorDisagreements('dry run', aborts, real.error),
  ]
}

const MET_BY_DRY_RUNS: ReadonlySet<string> = new Set(['stray-data', 'blobs-missing'])

/** Where the model and a real run differ. @param before the files before it */
export function runDisagreements({ outcome }: Preview, real: RealCollection, before: ReadonlySet<string>): string[] {
  const { aborts, deleted } = outcome
  const revisions = deleted.manifests.map(
    ({ repository, digest }) => `${repository}/_manifests/revisions/${digest.replace(':', '/')}`,
  )
  // The log names a revision before it fails to delete it.
  const tried = aborts[0]?.kind === 'revision-deleted-twice' ? real.revisions.slice(0, -1) : real.revisions
  const stopsAmongBlobs = aborts[0]?.kind === 'blob-not-at-its-place'
  const expected = filesAfter(outcome, before)
  const gone = [...before].filter((file) => !real.files.has(file))
  const wronglyGone = gone.filter((file) => expected.has(file) && !isHistoryOf(aborts[0], file))
  const wronglyThere = stopsAmongBlobs ? [] : [...real.files].filter((file) => !expected.has(file))
  return [
    ...difference('run, aborted', aborts.length > 0, real.aborted),
    ...difference('run, revisions in order', revisions, tried),
    ...difference('run, deleted unexpectedly', [], wronglyGone.sort()),
    ...difference('run, expected to be deleted', [], wronglyThere.sort()),
    ...errorDisagreements('run', aborts, real.error),
  ]
}

/** It had begun to delete this revision: which tags' history is gone by then depends on the order of a directory. */
function isHistoryOf(abort: GcOutcome['aborts'][number] | undefined, file: string): boolean {
  if (abort?.kind !== 'not-a-directory' || abort.phase !== 'sweep' || abort.digest === undefined) return false
  const tags = `repositories/${abort.repository}/_manifests/tags/`
  return file.startsWith(tags) && file.endsWith(`/index/${abort.digest.replace(':', '/')}/link`)
}

/** The files that the model expects to be left. */
function filesAfter({ deleted }: GcOutcome, before: ReadonlySet<string>): ReadonlySet<string> {
  const gone = [
    ...deleted.manifests.flatMap(({ repository, digest, tags }) => {
      const home = `repositories/${repository}/_manifests`
      const place = digest.replace(':', '/')
      return [`${home}/revisions/${place}/`, ...tags.map((tag) => `${home}/tags/${tag}/index/${place}/`)]
    }),
    ...deleted.blobs.map((digest) => `blobs/${digest.slice(0, 6)}/${digest.slice(7, 9)}/${digest.slice(7)}/`),
  ]
  const prefixes = new Set(gone)
  return new Set([...before].filter((file) => !parentsOf(file).some((parent) => prefixes.has(parent))))
}

function parentsOf(file: string): string[] {
  return [...file.matchAll(/\//g)].map(({ index }) => file.slice(0, index + 1))
}

/** Where the model and clients differ about what breaks. */
export function pullDisagreements(
  { outcome }: Preview,
  before: readonly WalkedTag[],
  after: readonly WalkedTag[],
): string[] {
  const wasWhole = new Set(before.filter(({ is }) => is === 'whole').map(nameOf))
  const isWhole = new Set(after.filter(({ is }) => is === 'whole').map(nameOf))
  const broken = new Set(
    outcome.broken.flatMap((each) => (each.tag === undefined ? [] : nameOf({ ...each, tag: each.tag }))),
  )
  return [...wasWhole].flatMap((name) => {
    if (broken.has(name) === !isWhole.has(name)) return []
    return [`${name} ${isWhole.has(name) ? 'can still be pulled' : 'broke'}, the model said otherwise`]
  })
}

function nameOf({ repository, tag }: { readonly repository: string; readonly tag: string }): string {
  return `${repository} ${tag}`
}

/** The texts of errors of the system, of JSON and of signatures are not the model's: it names the same place. */
function errorDisagreements(where: string, aborts: GcOutcome['aborts'], error: string | undefined): string[] {
  const [first] = aborts
  if (first === undefined || error === undefined) return difference(`${where}, error`, first?.error, error)
  // Tags are read in the order of their directory, so any of a repository may be the first.
  const possible = aborts.filter(({ repository, kind }) => repository === first.repository && OF_TAGS.has(kind))
  const texts = [first, ...(OF_TAGS.has(first.kind) ? possible : [])].map((each) => comparable(each.error))
  return texts.includes(comparable(error)) ? [] : difference(`${where}, error`, first.error, error)
}

const OF_TAGS: ReadonlySet<string> = new Set(['file-in-tags', 'tag-link-invalid'])

function comparable(error: string): string {
  return error
    .replace(/(failed to retrieve manifest for digest sha\d+:[0-9a-f]+): .*/s, '$1')
    .replace(/panic: .*/s, 'panic')
    .replace(/(?:open|stat|read|readdirent|fdopendir) .*: (?=not a directory|is a directory)/, '')
}

function difference(what: string, expected: unknown, found: unknown): string[] {
  const [a, b] = [expected, found].map((each) => JSON.stringify(each, null, 1))
  return a === b ? [] : [`${what}: model ${a}\nreal ${b}`]
}
