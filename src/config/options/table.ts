import type { OptionEntry, OptionGroup, Place } from './entry.ts'
import { GENERAL } from './general.ts'
import { METRICS } from './metrics.ts'
import { OUTPUT } from './output.ts'
import { REGISTRY_API } from './registry-api.ts'
import { SERVER } from './server.ts'
import { WHAT_IS_COLLECTED } from './what-is-collected.ts'
import { WHAT_IS_DAMAGE } from './what-is-damage.ts'
import { WHAT_IS_DEPLOYED } from './what-is-deployed.ts'
import { WHAT_TO_CHECK } from './what-to-check.ts'
import { WHAT_TO_KEEP } from './what-to-keep.ts'
import { WHAT_TO_PIN } from './what-to-pin.ts'
import { WHAT_TO_SCAN } from './what-to-scan.ts'

/** Every option of every command. A new option needs only an entry in one of these groups. */
export const OPTION_GROUPS: readonly OptionGroup[] = [
  { title: 'What to check', options: WHAT_TO_CHECK },
  { title: 'What to scan', options: WHAT_TO_SCAN },
  { title: 'What is deployed', options: WHAT_IS_DEPLOYED },
  { title: 'What to pin', options: WHAT_TO_PIN },
  { title: 'What to keep', options: WHAT_TO_KEEP },
  { title: 'What is collected', options: WHAT_IS_COLLECTED },
  { title: 'What counts as damage', options: WHAT_IS_DAMAGE },
  { title: 'Output', options: OUTPUT },
  { title: 'Metrics', options: METRICS },
  { title: 'Registry API', options: REGISTRY_API },
  { title: 'Server', options: SERVER },
  { title: 'General', options: GENERAL },
]

/** All options by name, with the types that are known at compile time. */
export type Options = typeof WHAT_TO_CHECK &
  typeof WHAT_TO_SCAN &
  typeof WHAT_IS_DEPLOYED &
  typeof WHAT_TO_PIN &
  typeof WHAT_TO_KEEP &
  typeof WHAT_IS_COLLECTED &
  typeof WHAT_IS_DAMAGE &
  typeof OUTPUT &
  typeof METRICS &
  typeof REGISTRY_API &
  typeof SERVER &
  typeof GENERAL

/** All options by name. */
export const OPTIONS: Options = {
  ...WHAT_TO_CHECK,
  ...WHAT_TO_SCAN,
  ...WHAT_IS_DEPLOYED,
  ...WHAT_TO_PIN,
  ...WHAT_TO_KEEP,
  ...WHAT_IS_COLLECTED,
  ...WHAT_IS_DAMAGE,
  ...OUTPUT,
  ...METRICS,
  ...REGISTRY_API,
  ...SERVER,
  ...GENERAL,
}

/** Options that are allowed as keys at a place of a configuration file, by name. */
export function keysAt(place: Place, groups: readonly OptionGroup[] = OPTION_GROUPS): OptionGroup['options'] {
  return Object.fromEntries(
    groups.flatMap(({ options }) => Object.entries(options).filter(([, option]) => isKeyAt(place, option))),
  )
}

function isKeyAt(place: Place, { key = [], commands }: OptionEntry): boolean {
  return key.includes(place) || (place === 'references' && key.includes('scan') && commands.includes('check'))
}

/** Names of the options about how to scan a registry. */
export const SCAN_SETTINGS: ReadonlySet<string> = new Set(Object.keys(keysAt('scan')))

/** Names of the options about how to check what is deployed. */
export const REFERENCE_SETTINGS: ReadonlySet<string> = new Set(Object.keys(keysAt('references')))

/** Flags whose value is optional and needs an equals sign. */
export const STAND_ALONE: ReadonlySet<string> = new Set(
  Object.entries<OptionEntry>(OPTIONS).flatMap(([name, { is }]) => (is === 'names-or-all' ? `--${name}` : [])),
)
