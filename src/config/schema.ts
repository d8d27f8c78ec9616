import * as z from 'zod'
import { ALLOWED_HOST, EXPECTED_HOST } from './allowed-host.ts'
import { CHOICES } from './choices.ts'
import { DURATION, EXPECTED_DURATION } from './duration.ts'
import { externalUrlProblem } from './external-url.ts'
import { EXPECTED_LISTEN, LISTEN, parseListen } from './listen.ts'

export type Setting = string | number | boolean | readonly string[] | undefined

/** Options of a command line, by their long names, as a file has them. */
export type Settings = Readonly<Record<string, Setting>>

/** One of several ways of looking at a registry, with the settings in which it differs. */
export interface ProfileEntry {
  readonly name: string
  readonly [setting: string]: Setting
}

/** A registry that `serve` looks at, with the settings in which it differs from the defaults. */
export interface RegistryEntry {
  readonly name: string
  readonly target: string
  readonly profiles?: readonly ProfileEntry[] | undefined
  readonly [setting: string]: Setting | readonly ProfileEntry[]
}

/** A configuration file, whole. */
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
}

const NO_DURATION = { error: EXPECTED_DURATION }
const duration = z
  .union([z.string().regex(DURATION, NO_DURATION), z.number().int().nonnegative(NO_DURATION)], NO_DURATION)
  .meta({ description: 'such as 500ms, 3s, 1h30m or 7d; a plain number is seconds' })
const word = z.string().regex(/^\S+$/, { error: 'expected a word without spaces' })
const words = z.array(word)
const path = z.string().min(1, { error: 'expected a path' })
const count = (least: number, most: number) => z.number().int().min(least).max(most)

/** How to look at a registry: options of `scan`, by their long names. */
const lookingShape = {
  depth: z.enum(['graph', 'blobs', 'content']).optional(),
  repositories: words.min(1, { error: 'expected at least one; leave the key out for all' }).optional(),
  'repositories-from': path.optional(),
  exclude: words.optional(),
  'exclude-target': words.optional(),
  against: word.optional(),
  'registry-url': word.optional(),
  roots: z.enum(CHOICES.roots).optional(),
  engine: z.union([z.literal(2), z.literal(3)], { error: 'expected 2 or 3' }).optional(),
  'pull-through': z.boolean().optional(),
  sparse: words.optional(),
  garbage: z.boolean().optional(),
  interval: duration.optional(),
  'repository-metrics': count(0, 100).optional(),
  'legacy-metrics': z.boolean().optional(),
  'report-url': word.optional(),
  'runbook-url': word.optional(),
  'follow-symlinks': z.boolean().optional(),
  'recheck-delay': duration.optional(),
  deadline: duration.optional(),
  concurrency: count(1, 256).optional(),
  'request-timeout': duration.optional(),
  'token-file': path.optional(),
  'token-host': words.optional(),
  'credential-helpers': z.boolean().optional(),
  'ca-file': path.optional(),
  'client-cert': path.optional(),
  'client-key': path.optional(),
  'insecure-skip-verify': words.optional(),
  'max-requests-per-second': count(1, 1_000_000).optional(),
  'manifest-cache': path.optional(),
  'allow-fetch': z.boolean().optional(),
} as const

/** What is done with what was found: of use to `scan` and `check`, which end, and not to `serve`. */
const tellingShape = {
  output: words.optional(),
  'fail-on': z.enum(CHOICES['fail-on']).optional(),
  color: z.enum(CHOICES.color).optional(),
  state: path.optional(),
  push: word.optional(),
  textfile: path.optional(),
  'all-tags': z.boolean().optional(),
} as const

const logLevel = z.enum(CHOICES['log-level'])

const defaultsSchema = z.strictObject({ ...lookingShape, ...tellingShape, 'log-level': logLevel.optional() })

const name = z
  .string()
  .max(200, { error: 'expected a name of at most 200 characters' })
  .regex(/^[^\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]*$/u, { error: 'expected a name without control characters' })
  .refine((text) => text.trim() !== '' && text !== '.' && text !== '..', { error: 'expected a name' })

const profileSchema = z.strictObject({
  name: name.meta({ description: 'name of this scan configuration: the label `profile` of its metrics' }),
  ...lookingShape,
})

const registrySchema = z.strictObject({
  name: name.meta({ description: 'the label `registry` of its metrics, and its place on the status page' }),
  target: z
    .string()
    .min(1, { error: 'expected a path or https://HOST[:PORT]' })
    .meta({ description: "a registry's storage root, or https://HOST[:PORT][/PREFIX]" }),
  ...lookingShape,
  profiles: z
    .array(profileSchema)
    .min(1, { error: 'expected at least one profile; leave the key out for none' })
    .optional()
    .meta({ description: 'several scan configurations for one registry, each with its own schedule' }),
})

const NO_LISTEN = { error: EXPECTED_LISTEN }
const listen = z
  .union([z.string().regex(LISTEN, NO_LISTEN), z.number().int().nonnegative(NO_LISTEN)], NO_LISTEN)
  .refine((text) => parseListen(String(text)) !== undefined, { error: 'expected a port of at most 65535' })

const allowedHost = z.string().regex(ALLOWED_HOST, { error: EXPECTED_HOST })

const externalUrl = z.string().superRefine((text, context) => {
  const problem = externalUrlProblem(text)
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem, input: text })
})

const fileSchema = z.strictObject({
  listen: listen.optional().meta({ description: 'the address that `serve` listens on; default 127.0.0.1:9847' }),
  'external-url': externalUrl.optional().meta({
    description: 'the URL under which others reach `serve`, for example behind a proxy: https://HOST[:PORT][/PREFIX]',
  }),
  'allowed-hosts': z
    .array(allowedHost)
    .optional()
    .meta({ description: 'Host headers that `serve` answers to: a host, *.example.com, or * for all' }),
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
  'log-level': logLevel.optional().meta({ description: 'log level of `serve`; default info' }),
  defaults: defaultsSchema
    .optional()
    .meta({ description: 'default settings for every registry; `scan` and `check` read only these' }),
  registries: z.array(registrySchema).optional().meta({ description: 'the registries that `serve` scans' }),
})

/** What a configuration file may hold. */
export const configSchema: z.ZodType<Config> = fileSchema.meta({ title: 'regfsck configuration' })

/** Names of the options about how to look. */
export const LOOKING: ReadonlySet<string> = new Set(Object.keys(lookingShape))

/** The keys that may stand in each kind of mapping. */
export const KEYS: Readonly<Record<'file' | 'defaults' | 'registry' | 'profile', readonly string[]>> = {
  file: Object.keys(fileSchema.shape),
  defaults: Object.keys(defaultsSchema.shape),
  registry: Object.keys(registrySchema.shape),
  profile: Object.keys(profileSchema.shape),
}
