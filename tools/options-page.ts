import { type CommandName, describe, groupsOf, type OptionGroup, type OptionOf } from '../src/config/options/entry.ts'

/** A table of all options of a command, in Markdown. */
export function optionsTable(command: CommandName, groups: readonly OptionGroup[]): string {
  const options = groupsOf(command, groups).flatMap((group) => group.options.filter(({ hidden }) => hidden !== true))
  const rows = options.map((option) => [nameOf(option), defaultOf(option), describe(option).replaceAll('|', '\\|')])
  return tableOf([['option', 'default', ''], ...rows])
}

/**
 * A page with each of its tables of options written anew: what stands between `<!-- options of COMMAND … -->` and
 * `<!-- end of options -->`.
 */
export function withOptions(page: string, groups: readonly OptionGroup[]): string {
  return page.replaceAll(
    /(<!-- options of (scan|check|pin|reachable|gc-preview|serve)\b.*? -->\n).*?(<!-- end of options -->)/gs,
    (_, start: string, command: 'scan' | 'check' | 'pin' | 'reachable' | 'gc-preview' | 'serve', end: string) =>
      `${start}\n${optionsTable(command, groups)}\n\n${end}`,
  )
}

function nameOf(option: OptionOf): string {
  const short = option.short === undefined ? '' : `, \`-${option.short}\``
  if (!('value' in option)) return `\`--${option.name}\`${short}`
  const value = option.value.toUpperCase()
  return `\`--${option.name}${option.is === 'names-or-all' ? `[=${value}]` : ` ${value}`}\`${short}`
}

function defaultOf(option: OptionOf): string {
  if (option.otherwise !== undefined) return option.otherwise
  return 'default' in option && option.default !== undefined ? `\`${option.default}\`` : ''
}

/** With columns as wide as their widest cell. */
function tableOf(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, n) => Math.max(3, ...rows.map((row) => row[n]?.length ?? 0)))
  const lineOf = (row: readonly string[]): string =>
    `| ${row.map((cell, n) => cell.padEnd(widths[n] ?? 0)).join(' | ')} |`
  const [head = [], ...body] = rows
  return [lineOf(head), lineOf(widths.map((width) => '-'.repeat(width))), ...body.map(lineOf)].join('\n')
}
