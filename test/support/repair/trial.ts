import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type StoragePaths, storagePaths } from '../builders/storage-paths.ts'
import { collectGarbage, startRegistry, withRegistry } from '../servers/registry.ts'
import { type LiveRegistry, startLive } from '../servers/restartable-registry.ts'
import { type Client, clientOf } from './client.ts'
import { type Expectations, expectationsOf, missedBy, type Snapshot, snapshotOf } from './expectations.ts'
import { lostFiles } from './lost-files.ts'
import { planOf, runScript, type ScriptRun, shellcheck } from './plan-script.ts'
import { contentsOf, holdsRightBytes, repositoriesWithoutLayers, tagsIn } from './read-storage.ts'

/** A registry that is running, with all that a harm may reach for. */
export interface Stage {
  readonly root: string
  readonly at: StoragePaths
  readonly live: LiveRegistry
  /** To be called once everything is pushed: warms the cache, remembers what clients get, and copies the storage. */
  pristine(): Promise<void>
}

export interface Trial {
  /** A new directory for all that it writes. */
  readonly directory: string
  /** Push, call `pristine`, and harm. @returns what was done, a line each */
  readonly report: (stage: Stage) => Promise<readonly string[]>
  /** Takes something away from SOURCE. @returns what, a line each */
  readonly forget?: (source: StoragePaths) => readonly string[]
  /** Changes the script before it is run: how the harness is shown to see a bad one. */
  readonly edit?: (script: string) => string
  /** What stands before the live registry. @returns what is set in the script's environment beside the usual */
  readonly before?: (url: string) => Promise<Readonly<Record<string, string>>>
  /** An executable that is the script's `regfsck`; the built command where it is left out. */
  readonly regfsck?: string | undefined
  /** How the live registry and its collections are configured, beside the cache. */
  readonly schema1?: boolean
}

export interface Outcome {
  readonly ledger: readonly string[]
  readonly expected: Expectations
  /** Empty where the repair did all that it must. */
  readonly failures: readonly string[]
  readonly script: string
  readonly said: string
}

/** `garbage-collect` of 2.8 marks these under their own names, and sweeps the sha256 files that hold them. */
const NAMED_BY_SHA512 = /^blob sha512:/

/**
 * Do what a person does: scan a harmed registry that is running, read the plan, run it in bash. Then fetch and hash
 * everything: at once, after a restart, and after a plain garbage collection.
 */
export async function runTrial(trial: Trial): Promise<Outcome> {
  // A quote and a space: a plan must cope with any path.
  const root = join(trial.directory, "the registry's root")
  const sourceRoot = join(trial.directory, 'source')
  mkdirSync(root)
  const at = storagePaths(root)
  const options = { root, urls: true, schema1: trial.schema1 ?? false }
  const live = await startLive({ ...options, cache: true })
  try {
    let before: Snapshot = { tags: [], revisions: [] }
    const pristine = async (): Promise<void> => {
      // Twice: the first time fills the cache, the second time shows that it is right.
      await snapshotOf(at, clientOf(live.url))
      before = await snapshotOf(at, clientOf(live.url))
      execFileSync('rm', ['-rf', sourceRoot])
      execFileSync('cp', ['-a', root, sourceRoot])
    }
    const harms = await trial.report({ root, at, live, pristine })
    const forgotten = trial.forget?.(storagePaths(sourceRoot)) ?? []
    const source = await startRegistry({ ...options, root: sourceRoot })
    try {
      const after = await withRegistry(options, ({ url }) => snapshotOf(at, clientOf(url)))
      const expected = await expectationsOf({ at, before, after, source: clientOf(source.url) })
      const repaired = await repair({ ...trial, root, at, live, expected, source: source.url })
      return { ledger: [...harms, ...forgotten], expected, ...repaired }
    } finally {
      await source.stop()
    }
  } finally {
    await live.stop()
  }
}

interface Harmed extends Trial {
  readonly root: string
  readonly at: StoragePaths
  readonly live: LiveRegistry
  readonly expected: Expectations
  /** URL. */
  readonly source: string
}

async function repair(about: Harmed): Promise<Pick<Outcome, 'failures' | 'script' | 'said'>> {
  const { directory, root, at, live, expected } = about
  const quarantine = join(directory, 'quarantine')
  const plan = await planOf(root, join(directory, 'plan'))
  const failures = [shellcheck(plan.file)].filter((said) => said !== '')
  if (about.edit) writeFileSync(plan.file, about.edit(plan.text))
  const env = {
    REGISTRY: live.url,
    SOURCE: about.source,
    RESTART: live.restartCommand,
    QUARANTINE: quarantine,
    ...(await about.before?.(live.url)),
  }
  const run = (): Promise<ScriptRun> => runScript(plan, env, about)
  const missed = async (when: string, ignored?: RegExp): Promise<Client> => {
    const client = clientOf(live.url)
    for (const each of await missedBy(client, expected.wanted, ignored)) failures.push(`${when}: ${each}`)
    return client
  }

  const harmed = contentsOf(root)
  const first = await run()
  const client = await missed('after the script')
  failures.push(...lostFiles(root, harmed, quarantine))
  for (const digest of expected.surviving)
    if (!holdsRightBytes(at, digest)) failures.push(`the script lost the bytes of ${digest}`)
  failures.push(...(await wrongExit(first.code, client, about)))

  const [storage, kept] = [contentsOf(root), contentsOf(quarantine)]
  const restarts = live.restarts()
  const second = await run()
  if (first.code === 0 && live.restarts() > restarts) failures.push('the second run restarted the registry again')
  if (second.code !== first.code)
    failures.push(`the second run ended with ${second.code}, the first with ${first.code}`)
  failures.push(...differences('a second run', storage, contentsOf(root)))
  failures.push(...differences('a second run, in the quarantine,', kept, contentsOf(quarantine)))

  await live.restart()
  await missed('after a restart')
  makeVisible(at)
  const collected = await collectGarbage(root, { schema1: true })
  if (collected.code !== 0 && expected.hopeless.length === 0)
    failures.push(`garbage collection ended with ${collected.code}: ${collected.output.slice(-300)}`)
  await live.restart()
  await missed('after a garbage collection', NAMED_BY_SHA512)
  const said = `first run: exit ${first.code}\n${first.output}\nsecond run: exit ${second.code}\n${second.output}`
  return { failures, script: plan.text, said }
}

/**
 * A garbage collection knows a repository by its `_layers` only, and one that has no layer has none: then any collection
 * deletes its manifests, with a repair or without. What is done here is what the page on the repair script says to do.
 */
function makeVisible(at: StoragePaths): void {
  for (const repository of repositoriesWithoutLayers(at)) mkdirSync(join(at.repository(repository), '_layers'))
}

/** Zero means that every tag can be had, and nothing else does. */
async function wrongExit(code: number | null, client: Client, { at, expected }: Harmed): Promise<string[]> {
  const broken: string[] = []
  for (const { repository, tag } of tagsIn(at))
    if ((await client.tree(repository, tag)).troubles.length > 0) broken.push(`${repository}:${tag}`)
  if (code === 0 && broken.length > 0) return [`the script ended with 0, and ${broken.join(', ')} cannot be had`]
  if (code !== 0 && broken.length === 0 && expected.hopeless.length === 0)
    return [`the script ended with ${code}, and every tag can be had`]
  return []
}

function differences(who: string, before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])]
  return paths
    .filter((path) => before.get(path) !== after.get(path))
    .map((path) => `${who} changed ${path}: ${before.get(path) ?? 'nothing'} -> ${after.get(path) ?? 'nothing'}`)
}

/** Empty, or failures with all that is needed to see why. */
export async function failuresOf(trial: Trial): Promise<unknown> {
  const { failures, ledger, script, said } = await runTrial(trial)
  return failures.length === 0 ? [] : { failures, ledger, said, script }
}
