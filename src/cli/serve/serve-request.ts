import { dirname, resolve } from 'node:path'
import { argumentsOf } from '../../config/arguments.ts'
import { SCAN_SETTINGS } from '../../config/options/table.ts'
import { keyOf, type Path, type Problem, sentenceOf } from '../../config/problem.ts'
import type { Config, ProfileEntry, RegistryEntry, Settings } from '../../config/schema.ts'
import type { DeployedPlan } from '../../serve/deployed/deployed-plan.ts'
import type { Plan } from '../../serve/schedule/plan.ts'
import { readConfigFile } from '../config/config-file.ts'
import { whyInsideRegistry } from '../files/own-files.ts'
import { whyUnusable } from '../files/usable-directory.ts'
import { environmentNameOf } from '../options/environment.ts'
import { parseTarget, pathsOf, type Target, targetProblem, targetText } from '../options/target.ts'
import { UsageError } from '../options/usage-error.ts'
import type { Io } from '../process/io.ts'
import { scanRequestOf } from '../scan/scan-options.ts'
import type { ScanRequest } from '../scan/scan-request.ts'
import { deployedPlansOf } from './deployed-plans.ts'
import { aboutFlag, DAY, LONGEST_INTERVAL, type Reading } from './reading.ts'
import { type Reach, type ReachWords, readReach } from './serve-reach.ts'

/** A validated request of `serve`. */
export interface ServeRequest extends Reach {
  /** The directory that keeps state across restarts. */
  readonly state: string | undefined
  readonly scansAtOnce: number
  readonly logLevel: string
  readonly plans: readonly Plan[]
  /** Sets of files that name images. */
  readonly references: readonly DeployedPlan[]
}

const SCANS_AT_ONCE = 4

/**
 * Reads and checks a configuration file for `serve`.
 *
 * @param words of the command line, which take precedence over the file
 * @param words.withReporting whether to check also the defaults that only `scan` and `check` read
 * @throws {UsageError} with a line for every problem that it has
 */
export async function readServeRequest(
  file: string,
  { env }: Pick<Io, 'env'>,
  words: ReachWords & { readonly withReporting?: boolean } = {},
): Promise<ServeRequest> {
  const read = readConfigFile(file)
  const problems = [...read.problems]
  const { config } = read
  if (config === undefined) throw new UsageError(problems.map((problem) => sentenceOf(file, problem)))
  const report = (path: Path, says: string): void => {
    problems.push({ key: keyOf(path), line: read.lineOf(path), says })
  }
  const directory = dirname(resolve(file))
  const plans = await plansOf(config, { directory, env, report })
  if (words.withReporting === true) await requireReporting(config.defaults ?? {}, { directory, env, report })
  const references = await deployedPlansOf(config, { directory, env, report })
  if ((config.registries ?? []).length + (config.references ?? []).length === 0)
    report(['registries'], 'no registries to scan')
  const state = config.state === undefined ? undefined : resolve(directory, config.state)
  const targets = pathsOf(plans.map(({ target }) => parseTarget(target)))
  const unusable = state === undefined ? undefined : (whyInsideRegistry(state, { targets }) ?? whyUnusable(state))
  if (unusable !== undefined) report(['state'], unusable)
  const reach = readReach(words, config)
  if (problems.length > 0) throw new UsageError(sentences(problems, file))
  return {
    ...reach,
    state,
    scansAtOnce: config['scans-at-once'] ?? SCANS_AT_ONCE,
    logLevel: config['log-level'] ?? 'info',
    plans,
    references,
  }
}

async function plansOf(config: Config, reading: Reading): Promise<Plan[]> {
  const { registries = [], defaults = {} } = config
  const names = registries.map(({ name }) => name)
  const plans: Plan[] = []
  for (const [n, entry] of registries.entries()) {
    const path: Path = ['registries', n]
    if (names.indexOf(entry.name) !== n)
      reading.report([...path, 'name'], `another registry has the name ${JSON.stringify(entry.name)}`)
    const ways = waysOf(entry, path)
    for (const [m, { profile, settings, at }] of ways.entries()) {
      if (ways.findIndex((way) => way.profile === profile) !== m)
        reading.report([...at, 'name'], `another profile has the name ${JSON.stringify(profile)}`)
      const all = { ...scanSettings(defaults), ...settings }
      // The problem is reported where the setting is: in the profile, the registry, or the defaults.
      const place = (name: string): Path => {
        const places: readonly [object, Path][] = [
          [entry.profiles?.[m] ?? {}, at],
          [entry, path],
        ]
        const [, found = ['defaults']] = places.find(([settings]) => name in settings) ?? []
        return name in all || name === 'target' ? [...found, name] : at
      }
      const plan = await planOf({ entry, profile, settings: all }, reading, place)
      if (plan !== undefined) plans.push(plan)
    }
  }
  return plans
}

interface Way {
  readonly profile: string
  readonly settings: Settings
  readonly at: Path
}

function waysOf(entry: RegistryEntry, path: Path): Way[] {
  const own = scanSettings(entry)
  const { profiles } = entry
  if (profiles === undefined) return [{ profile: '', settings: own, at: path }]
  return profiles.map((profile: ProfileEntry, n) => ({
    profile: profile.name,
    settings: { ...own, ...scanSettings(profile) },
    at: [...path, 'profiles', n],
  }))
}

/** Only the settings about how to scan. */
function scanSettings(entry: Settings | RegistryEntry): Settings {
  return Object.fromEntries(Object.entries(entry).filter(([name]) => SCAN_SETTINGS.has(name))) as Settings
}

async function planOf(
  way: { readonly entry: RegistryEntry; readonly profile: string; readonly settings: Settings },
  { directory, env, report }: Reading,
  place: (name: string) => Path,
): Promise<Plan | undefined> {
  const { name, target: written } = way.entry
  const parsed = parseTarget(written)
  // What is wrong with a URL is reported with the rest of the scan's arguments.
  const problem = parsed.is === 'registry' ? undefined : targetProblem(parsed)
  if (problem !== undefined) {
    report(place('target'), problem)
    return undefined
  }
  const target: Target = parsed.is === 'registry' ? parsed : { ...parsed, path: resolve(directory, parsed.path) }
  const args = [
    `--registry=${name}`,
    ...(way.profile === '' ? [] : [`--profile=${way.profile}`]),
    ...argumentsOf(way.settings, directory, (setting) => Boolean(env[environmentNameOf(setting)])),
    '--',
    targetText(target),
  ]
  try {
    const request = await scanRequestOf(args)
    const { manifestCacheIn: cache } = request.api
    const inside = cache === undefined ? undefined : whyInsideRegistry(cache, { targets: pathsOf([target]) })
    if (inside !== undefined) report(place('manifest-cache'), inside)
    const about = {
      registry: name,
      profile: way.profile,
      target: targetText(target),
      kind: target.kind,
      arguments: args,
    }
    const plan = planFrom(request, about)
    if (plan.interval > LONGEST_INTERVAL) report(place('interval'), `expected at most ${LONGEST_INTERVAL / DAY}d`)
    return plan
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    for (const { flag, says } of error.problems.map(aboutFlag)) report(place(flag ?? 'target'), says)
    return undefined
  }
}

/** Checks settings that `serve` does not use, such as outputs. */
async function requireReporting(defaults: Settings, { directory, report }: Reading): Promise<void> {
  const reportingWords = Object.fromEntries(Object.entries(defaults).filter(([name]) => !SCAN_SETTINGS.has(name)))
  try {
    await scanRequestOf([...argumentsOf(reportingWords, directory), '--', '/'])
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    for (const { flag = '', says } of error.problems.map(aboutFlag)) report(['defaults', flag], says)
  }
}

function planFrom(
  request: ScanRequest,
  about: Pick<Plan, 'registry' | 'profile' | 'target' | 'kind' | 'arguments'>,
): Plan {
  const { interval, legacy, worst, links } = request.metrics
  const looksAt = request.rulesFor(false)
  return {
    ...about,
    depth: request.depth,
    interval: interval * 1000,
    deadline: request.deadline ?? interval * 1000,
    garbage: request.garbage,
    repositoriesAreNamed: request.repositoriesAreNamed,
    legacyMetrics: legacy,
    worst,
    links,
    looksAt: (repository) => looksAt(repository) !== undefined,
  }
}

/** Sorted by line, without duplicates: a wrong default causes the same problem in many plans. */
function sentences(problems: readonly Problem[], file: string): string[] {
  const sorted = [...problems].sort((a, b) => (a.line ?? 0) - (b.line ?? 0))
  return [...new Set(sorted.map((problem) => sentenceOf(file, problem)))]
}
