import { resolve } from 'node:path'
import { argumentsOf } from '../../config/arguments.ts'
import { durationText, parseDuration } from '../../config/duration.ts'
import { OPTIONS, REFERENCE_SETTINGS } from '../../config/options/table.ts'
import type { Path } from '../../config/problem.ts'
import type { Config, ReferencesEntry, Settings } from '../../config/schema.ts'
import type { DeployedPlan } from '../../serve/deployed/deployed-plan.ts'
import { requireCheckOptions } from '../check/check-options.ts'
import { environmentNameOf } from '../options/environment.ts'
import { UsageError } from '../options/usage-error.ts'
import { aboutFlag, LONGEST_INTERVAL, type Reading } from './reading.ts'
import { type ReferenceSet, setsOf } from './reference-sets.ts'

/** Settings whose values are paths, though the option takes words. */
const PATHS: ReadonlySet<string> = new Set(['env-file'])

/** The plans of the entries of `references`. What they read is read at each run: here it may not be there yet. */
export async function deployedPlansOf(config: Config, reading: Reading): Promise<DeployedPlan[]> {
  const { references = [], defaults = {} } = config
  const names = new Set<string>()
  const plans: DeployedPlan[] = []
  for (const [n, entry] of references.entries()) {
    const at: Path = ['references', n]
    const settings = { ...settingsIn(defaults), ...settingsIn(entry) }
    const sets = setsOf(entry, settings, at, reading)
    for (const name of new Set(sets.map((set) => set.name))) {
      if (names.has(name)) reading.report([...at, 'name'], `other references have the name ${JSON.stringify(name)}`)
      names.add(name)
    }
    for (const set of sets) {
      const plan = await planOf(set, { entry, settings, defaults, at }, reading)
      if (plan !== undefined) plans.push(plan)
    }
  }
  return plans
}

interface Entry {
  readonly entry: ReferencesEntry
  /** Its own, and the defaults where it has none. */
  readonly settings: Settings
  readonly defaults: Settings
  readonly at: Path
}

async function planOf(
  { name, target, arguments: where, input }: ReferenceSet,
  { entry, settings, defaults, at }: Entry,
  { directory, env, report }: Reading,
): Promise<DeployedPlan | undefined> {
  const own = argumentsOf(resolved(settings, directory), directory, (setting) =>
    Boolean(env[environmentNameOf(setting)]),
  )
  const args = [...where, ...own]
  const interval = intervalOf(entry, defaults, at, report)
  try {
    const deadline = await requireCheckOptions(args)
    return {
      registry: name,
      profile: '',
      kind: 'references',
      target,
      interval,
      deadline: deadline ?? interval,
      // It stops by itself and reports what it has.
      arguments: deadline === undefined ? [...args, `--deadline=${durationText(interval)}`] : args,
      links: {},
      input,
    }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    for (const { flag = '', says } of error.problems.map(aboutFlag))
      report(flag in entry || !(flag in defaults) ? [...at, flag] : ['defaults', flag], says)
    return undefined
  }
}

function intervalOf(entry: ReferencesEntry, defaults: Settings, at: Path, report: Reading['report']): number {
  const { least, default: usual } = OPTIONS.interval
  const given = [entry['interval'], defaults['interval']].find(
    (value) => value !== undefined && typeof value !== 'object',
  )
  const interval = parseDuration(String(given ?? usual)) ?? least
  if (interval < least) report([...at, 'interval'], `expected at least ${durationText(least)}`)
  if (interval > LONGEST_INTERVAL) report([...at, 'interval'], `expected at most ${durationText(LONGEST_INTERVAL)}`)
  return interval
}

function settingsIn(entry: Settings | ReferencesEntry): Settings {
  return Object.fromEntries(Object.entries(entry).filter(([name]) => REFERENCE_SETTINGS.has(name))) as Settings
}

function resolved(settings: Settings, directory: string): Settings {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      name,
      PATHS.has(name) && typeof value === 'object' ? value.map((path) => resolve(directory, path)) : value,
    ]),
  )
}
