import * as z from 'zod'
import { CLUSTER_KEYS, type ClusterEntry, clusterSchema } from './cluster-entry.ts'
import { nameSchema as name } from './name-schema.ts'
import { optionShape, type Setting } from './option-schema.ts'
import type { OptionGroup } from './options/entry.ts'
import { OPTION_GROUPS } from './options/table.ts'

export type { Setting }

/** Options by long name, with the values from a configuration file. */
export type Settings = Readonly<Record<string, Setting>>

/** One of several scan configurations of a registry, with the settings that differ. */
export interface ProfileEntry {
  readonly name: string
  readonly [setting: string]: Setting
}

/** A registry that `serve` scans, with the settings that differ from the defaults. */
export interface RegistryEntry {
  readonly name: string
  readonly target: string
  readonly profiles?: readonly ProfileEntry[] | undefined
  readonly [setting: string]: Setting | readonly ProfileEntry[]
}

/** Files that name images, or a cluster that runs them, which `serve` checks. */
export interface ReferencesEntry {
  readonly name: string
  readonly from?: readonly string[] | undefined
  readonly kubernetes?: ClusterEntry | undefined
  readonly [setting: string]: Setting | ClusterEntry
}

/** A configuration file. */
export interface Config {
  /** `HOST:PORT`, or a port. */
  readonly listen?: string | number | undefined
  readonly 'external-url'?: string | undefined
  readonly 'allowed-hosts'?: readonly string[] | undefined
  readonly state?: string | undefined
  readonly 'scans-at-once'?: number | undefined
  readonly 'log-level'?: string | undefined
  readonly defaults?: Settings | undefined
  readonly registries?: readonly RegistryEntry[] | undefined
  readonly references?: readonly ReferencesEntry[] | undefined
}

/** The schema of each kind of mapping in a configuration file. */
function schemasFor(groups: readonly OptionGroup[]) {
  const scanSettings = optionShape('scan', groups)
  const defaults = z.strictObject({ ...scanSettings, ...optionShape('defaults', groups) })
  const profile = z.strictObject({
    name: name.meta({ description: 'name of this scan configuration: the label `profile` of its metrics' }),
    ...scanSettings,
  })
  const registry = z.strictObject({
    name: name.meta({ description: 'the label `registry` of its metrics, and its place on the status page' }),
    target: z
      .string()
      .min(1, { error: 'expected a path or https://HOST[:PORT]' })
      .meta({ description: "a registry's storage root, or https://HOST[:PORT][/PREFIX]" }),
    ...scanSettings,
    profiles: z
      .array(profile)
      .min(1, { error: 'expected at least one profile; leave the key out for none' })
      .optional()
      .meta({ description: 'several scan configurations for one registry, each with its own schedule' }),
  })
  const references = z.strictObject({
    name: name.meta({ description: 'the label `references` of its metrics, and its place on the status page' }),
    from: z
      .array(z.string().min(1, { error: 'expected a path' }))
      .min(1, { error: 'expected at least one file or directory' })
      .optional()
      .meta({ description: 'files and directories that name images, as for `check --from`; globs too' }),
    kubernetes: clusterSchema.optional().meta({ description: 'in place of `from`: a cluster that runs images' }),
    ...Object.fromEntries(Object.entries(scanSettings).filter(([setting]) => setting === 'interval')),
    ...optionShape('references', groups),
  })
  const file = z.strictObject({
    ...optionShape('top', groups),
    state: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'a directory where `serve` keeps its results across restarts' }),
    'scans-at-once': z
      .number()
      .int()
      .min(1)
      .max(64)
      .optional()
      .meta({ description: 'maximum number of scans that `serve` runs in parallel; default 4' }),
    defaults: defaults
      .optional()
      .meta({ description: 'default settings for every registry; `scan` and `check` read only these' }),
    registries: z.array(registry).optional().meta({ description: 'the registries that `serve` scans' }),
    references: z
      .array(references)
      .optional()
      .meta({ description: 'files that name images, or clusters: `serve` checks that each image can be pulled' }),
  })
  return { file, defaults, registry, profile, references }
}

/** The schema of a configuration file. */
export function configSchemaFor(groups: readonly OptionGroup[]): z.ZodType<Config> {
  return schemasFor(groups).file.meta({ title: 'regfsck configuration' })
}

const { file, defaults, registry, profile, references } = schemasFor(OPTION_GROUPS)

/** The schema of a configuration file with all options. */
export const configSchema: z.ZodType<Config> = file.meta({ title: 'regfsck configuration' })

type Mapping = 'file' | 'defaults' | 'registry' | 'profile' | 'references' | 'kubernetes'

/** The keys that are allowed in each kind of mapping. */
export const KEYS: Readonly<Record<Mapping, readonly string[]>> = {
  file: Object.keys(file.shape),
  defaults: Object.keys(defaults.shape),
  registry: Object.keys(registry.shape),
  profile: Object.keys(profile.shape),
  references: Object.keys(references.shape),
  kubernetes: CLUSTER_KEYS,
}
