import { type Outline, outlineOf, type Section } from './outline.ts'
import { looksLikeDockerfile, looksLikeList } from './plain-text.ts'
import type { SourceFile } from './reference.ts'

/** What a file can be, in the words of `--from-type`. */
export const REFERENCE_KINDS = [
  'compose',
  'kubernetes',
  'dockerfile',
  'gitlab-ci',
  'github-actions',
  'woodpecker',
  'list',
] as const

/** What a file is. */
export type ReferenceKind = (typeof REFERENCE_KINDS)[number]

/** What a file is, or why that cannot be known, as the end of a sentence. */
export type KindFound = { readonly kind: ReferenceKind } | NoKind

/** Why it cannot be known what a file is. */
export interface NoKind {
  readonly because: string
  /** What it looks like, if that can be told. */
  readonly looksLike?: 'template' | 'kustomization' | 'values' | 'old-compose'
}

/**
 * Finds out what a file is: by what is in it, and only where that does not decide, by its name. Only the beginning of the
 * file is read.
 */
export function kindOf({ name, text }: SourceFile): KindFound {
  const outline = outlineOf(text)
  const kind = kindByContent(text, outline) ?? kindByName(name, outline)
  return kind === undefined ? noKind(text, outline) : { kind }
}

function kindByContent(text: string, outline: Outline): ReferenceKind | undefined {
  // First, because a heredoc can hold YAML.
  if (looksLikeDockerfile(text)) return 'dockerfile'
  if (outline.root === 'map') return RULES.find(([, fits]) => fits(outline.sections))?.[0]
  if (outline.root === 'other' && looksLikeList(text)) return 'list'
  return undefined
}

type Sections = ReadonlyMap<string, Section>

/** In this order. Each says what no other kind of file has. */
const RULES: readonly (readonly [kind: ReferenceKind, fits: (sections: Sections) => boolean])[] = [
  // A list that kubectl writes has its kind at the end.
  ['kubernetes', (sections) => sections.has('apiVersion') && (sections.has('kind') || sections.has('items'))],
  ['github-actions', (sections) => sections.has('on') && sections.has('jobs')],
  ['github-actions', (sections) => sections.get('runs')?.children.has('using') === true],
  ['compose', (sections) => sections.get('services')?.isList === false && hasOnly(sections, COMPOSE_KEYS)],
  ['woodpecker', isWoodpecker],
  ['gitlab-ci', isGitLab],
]

/** @see compose specification, "Compose file": the top-level elements */
const COMPOSE_KEYS = ['version', 'name', 'services', 'networks', 'volumes', 'configs', 'secrets', 'include', 'models']

/** @see Woodpecker, "Workflow syntax"; `pipeline` is the old name of `steps` */
const WOODPECKER_KEYS = [
  'branches',
  'clone',
  'depends_on',
  'labels',
  'matrix',
  'pipeline',
  'platform',
  'runs_on',
  'services',
  'skip_clone',
  'steps',
  'variables',
  'version',
  'when',
  'workspace',
]

/** Keys at the top of the files of other CI systems (Azure, CircleCI, Travis, Drone), which also have `script` somewhere. */
const OTHERS_KEYS = ['apiVersion', 'jobs', 'kind', 'language', 'pipelines', 'pool', 'steps', 'tasks', 'trigger']

function hasOnly(sections: Sections, keys: readonly string[]): boolean {
  return [...sections.keys()].every((key) => keys.includes(key) || key.startsWith('x-'))
}

/** Steps are lists elsewhere too. There they name no images, or have labels and plugins (Buildkite). */
function isWoodpecker(sections: Sections): boolean {
  const steps = sections.get('steps') ?? sections.get('pipeline')
  if (steps === undefined || !hasOnly(sections, WOODPECKER_KEYS)) return false
  return steps.deeper.has('image') && !['plugins', 'label', 'agents'].some((key) => steps.deeper.has(key))
}

function isGitLab(sections: Sections): boolean {
  if (OTHERS_KEYS.some((key) => sections.has(key))) return false
  return [...sections.values()].some(({ children }) => JOB_KEYS.some((key) => children.has(key)))
}

const JOB_KEYS = ['script', 'before_script', 'trigger']

/** Names count only for YAML, but for Dockerfiles. */
function kindByName(name: string, { root, sections }: Outline): ReferenceKind | undefined {
  if (/(?:^|[/\\.])(?:docker|container)file(?:[.-][^/\\]+)?$/i.test(name) && !name.endsWith('ignore'))
    return 'dockerfile'
  if (root !== 'map' || !/\.ya?ml$/i.test(name)) return undefined
  if (/(?:^|[/\\])(?:docker-)?compose[^/\\]*$/i.test(name))
    return hasOnly(sections, COMPOSE_KEYS) ? 'compose' : undefined
  if (/\.gitlab-ci\.ya?ml$|[/\\]?\.gitlab[/\\]ci[/\\]/i.test(name)) return 'gitlab-ci'
  if (/(?:^|[/\\])\.github[/\\]workflows[/\\]/i.test(name)) return 'github-actions'
  if (/(?:^|[/\\])\.woodpecker(?:\.ya?ml$|[/\\])/i.test(name)) return 'woodpecker'
  return undefined
}

function noKind(text: string, { sections }: Outline): NoKind {
  const all = [...sections.values()]
  if (/^(?:\{\{|\{%)/m.test(text.slice(0, TEMPLATE_HEAD)))
    return {
      looksLike: 'template',
      because: 'it is a template; give what it renders to, such as the output of helm template',
    }
  if (['resources', 'kustomize', 'patches'].some((key) => sections.get(key)?.isList))
    return { looksLike: 'kustomization', because: 'it is a kustomization; give the output of kustomize build' }
  const isPairs = all.some(({ children, deeper }) => children.has('repository') || deeper.has('repository'))
  if (isPairs)
    return {
      looksLike: 'values',
      because: 'it may hold the values of a Helm chart; give the output of helm template',
    }
  if (all.length > 0 && all.every(({ children }) => children.has('image') || children.has('build')))
    return {
      looksLike: 'old-compose',
      because:
        'it is a compose file of version 1, which docker compose does not read: put its services under services:',
    }
  return { because: `its kind cannot be told from its content; give --from-type (${REFERENCE_KINDS.join(', ')})` }
}

const TEMPLATE_HEAD = 2 ** 16
