import { child, itemsOf, type Node, textOf } from '../../yaml/node.ts'
import { combinations } from '../combinations.ts'
import type { Replaced } from '../written-image.ts'
import { scalarText } from './scalar-text.ts'

/** The values of variables in one run of a job. */
export type Variables = ReadonlyMap<string, string>

/** GitLab makes at most 200 jobs of one. */
const MOST = 1000

/** What says which values the variables of a job have. */
export interface VariableSources {
  /** `variables` at the top. */
  readonly global: Node | undefined
  /** `workflow`. */
  readonly workflow: Node | undefined
  /** The job, with all that it inherits. */
  readonly job: Node | undefined
}

/**
 * All sets of values that the variables of a job can have in this file. What projects, groups and people set in GitLab
 * itself is not known, and would win.
 *
 * @returns `undefined` where there are too many
 * @see GitLab CI/CD YAML syntax reference, "variables", "inherit:variables", "parallel:matrix", "rules:variables"
 */
export function variablesOf({ global, workflow, job }: VariableSources): readonly Variables[] | undefined {
  const own = new Map([...inherited(global, child(job, 'inherit', 'variables')), ...valuesOf(child(job, 'variables'))])
  const matrix = matrixOf(child(job, 'parallel', 'matrix'))
  const rules = [rulesOf(child(workflow, 'rules')), rulesOf(child(job, 'rules'))]
  const all = matrix && combinations(new Map([...rules, matrix].map((sets, n) => [String(n), sets])), MOST)
  return all?.map((sets) => new Map([...own, ...[...sets.values()].flatMap((set) => [...set])]))
}

function inherited(global: Node | undefined, inherit: Node | undefined): Variables {
  const values = valuesOf(global)
  if (inherit?.kind === 'scalar' && inherit.value === false) return new Map()
  if (inherit?.kind !== 'list') return values
  const names = itemsOf(inherit).map(textOf)
  return new Map([...values].filter(([name]) => names.includes(name)))
}

/** @see "variables:value": a variable is a value, or a mapping with one */
function valuesOf(variables: Node | undefined): Map<string, string> {
  const values = new Map<string, string>()
  if (variables?.kind !== 'map') return values
  for (const [name, { value }] of variables.entries) {
    const text = scalarText(value.kind === 'map' ? child(value, 'value') : value)
    if (text !== undefined) values.set(name, text)
  }
  return values
}

/** The variables that each rule sets: one set for each rule that lets the job run. */
function rulesOf(rules: Node | undefined): readonly Variables[] {
  const allowing = itemsOf(rules).filter((rule) => textOf(child(rule, 'when')) !== 'never')
  const sets = allowing.map((rule) => valuesOf(child(rule, 'variables')))
  const different = new Map(sets.map((set) => [JSON.stringify([...set]), set]))
  return sets.length === 0 ? [new Map()] : [...different.values()]
}

/** @returns `undefined` where there are too many */
function matrixOf(matrix: Node | undefined): readonly Variables[] | undefined {
  if (itemsOf(matrix).length === 0) return [new Map()]
  const sets = itemsOf(matrix).map((entry) => combinations(listsOf(entry), MOST))
  return sets.every((set) => set !== undefined) ? sets.flat() : undefined
}

function listsOf(entry: Node): ReadonlyMap<string, readonly string[]> {
  const lists = new Map<string, readonly string[]>()
  if (entry.kind !== 'map') return lists
  for (const [name, { value }] of entry.entries) {
    const values = value.kind === 'list' ? value.items : [value]
    lists.set(
      name,
      values.map(scalarText).filter((text) => text !== undefined),
    )
  }
  return lists
}

/** How many variables one name may need, with those in the values of variables. */
const MOST_REPLACED = 100

/**
 * Replaces `$NAME` and `${NAME}`; `$$` is a dollar.
 *
 * @see "Where variables can be used": the runner replaces the variables of `image` and `services`
 */
export function replaceVariables(text: string, variables: Variables): Replaced {
  let count = 0
  let because: string | undefined
  const replaced = (part: string): string =>
    part.replace(VARIABLE, (...match) => {
      const { name, braced } = match.at(-1) as { readonly name?: string; readonly braced?: string }
      const wanted = name ?? braced
      if (wanted === undefined) return '$'
      const value = variables.get(wanted)
      if (value === undefined) because ??= whyWithoutValue(wanted)
      if (++count > MOST_REPLACED) because ??= `the value of ${wanted} needs too many variables, or itself`
      return value === undefined || because !== undefined ? '' : replaced(value)
    })
  const complete = replaced(text)
  return because === undefined ? { is: 'known', text: complete } : { is: 'unknown', because }
}

const VARIABLE = /\$(?:\$|(?<name>[A-Za-z_]\w*)|\{(?<braced>[^}]*)\})/g

function whyWithoutValue(name: string): string {
  if (!/^[A-Za-z_]\w*$/.test(name)) return `GitLab does not know the form \${${name}}`
  if (/^(?:CI|GITLAB)_/.test(name)) return `GitLab gives ${name} a value when a pipeline runs`
  return `the variable ${name} has no value in the file`
}
