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

/** Settings whose values are paths, though the option takes words. */
const PATHS: ReadonlySet<string> = new Set(['env-file'])

/** The plans of the entries of `references`. The files are read at each run: here they may not be there yet. */
export async function deployedPlansOf(config: Config, reading: Reading): Promise<DeployedPlan[]> {
  const { references = [], defaults = {} } = config
  const plans: DeployedPlan[] = []
  for (const [n, entry] of references.entries()) {
    const at: Path = ['references', n]
    if (references.findIndex(({ name }) => name === entry.name) !== n)
      reading.report([...at, 'name'], `other references have the name ${JSON.stringify(entry.name)}`)
    const plan = await planOf(entry, defaults, at, reading)
    if (plan !== undefined) plans.push(plan)
  }
  return plans
}

async function planOf(
  entry: ReferencesEntry,
  defaults: Settings,
  at: Path,
  { directory, env, report }: Reading,
): Promise<DeployedPlan | undefined> {
  if (entry.from.includes('-')) report([...at, 'from'], 'standard input cannot be read again and again')
  const settings = { ...settingsIn(defaults), ...settingsIn(entry) }
  const own = argumentsOf(resolved(settings, directory), directory, (name) => Boolean(env[environmentNameOf(name)]))
  const from = entry.from.map((path) => resolve(directory, path))
  const args = [...from.map((path) => `--from=${path}`), ...own]
  const interval = intervalOf(entry, defaults, at, report)
  try {
    const deadline = await requireCheckOptions(args)
    return {
      registry: entry.name,
      profile: '',
      kind: 'references',
      target: from.join(', '),
      interval,
      deadline: deadline ?? interval,
      // It stops by itself and reports what it has.
      arguments: deadline === undefined ? [...args, `--deadline=${durationText(interval)}`] : args,
      links: {},
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
  const interval = parseDuration(String(entry['interval'] ?? defaults['interval'] ?? usual)) ?? least
  if (interval < least) report([...at, 'interval'], `expected at least ${durationText(least)}`)
  if (interval > LONGEST_INTERVAL) report([...at, 'interval'], `expected at most ${durationText(LONGEST_INTERVAL)}`)
  return interval
}

function settingsIn(entry: Settings): Settings {
  return Object.fromEntries(Object.entries(entry).filter(([name]) => REFERENCE_SETTINGS.has(name)))
}

function resolved(settings: Settings, directory: string): Settings {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      name,
      PATHS.has(name) && typeof value === 'object' ? value.map((path) => resolve(directory, path)) : value,
    ]),
  )
}
