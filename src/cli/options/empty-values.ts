import { type CommandName, groupsOf, type OptionOf, REPEATABLE } from '../../config/options/entry.ts'
import { OPTION_GROUPS } from '../../config/options/table.ts'
import { environmentNameOf } from './environment.ts'
import type { Given } from './given.ts'

/**
 * A sentence for each list that was given without a value, as by a shell variable that is not set: `--only ''` does not
 * mean everything. An empty variable of the environment counts as not set, except where more would be written than is meant.
 */
export function emptyValueProblems(name: CommandName, command: Given): readonly string[] {
  const lists = groupsOf(name, OPTION_GROUPS).flatMap(({ options }) => options.filter(({ is }) => REPEATABLE.has(is)))
  return lists.flatMap((option) => {
    const attribute = attributeOf(option, command)
    const values: unknown = attribute === undefined ? [] : command.opts()[attribute]
    if (attribute === undefined || !Array.isArray(values) || !values.some((value) => isBlank(value))) return []
    const source = command.getOptionValueSource(attribute)
    if (source === 'cli') return [`--${option.name}: the value is empty; leave the option out if none is meant`]
    if (source !== 'env' || option.is !== 'list' || option.refusedIfEmpty?.includes(name) !== true) return []
    return [`${environmentNameOf(option.name)}: the value is empty; unset the variable if none is meant`]
  })
}

/** Whether a flag or the environment has a value for an option, so that it takes precedence over the file of `--config`. */
export function isGiven(attribute: string, command: Given): boolean {
  const source = command.getOptionValueSource(attribute)
  if (source === undefined || source === 'default') return false
  const value: unknown = command.opts()[attribute]
  return !(source === 'env' && Array.isArray(value) && value.every(isBlank))
}

function attributeOf({ name }: OptionOf, { options }: Given): string | undefined {
  return options.find((option) => option.name() === name)?.attributeName()
}

function isBlank(value: unknown): boolean {
  return typeof value === 'string' && value.trim() === ''
}
