import { itemsOf, textOf, type Value } from './values/value.ts'
import type { Lookup } from './variables/interpolate.ts'

/**
 * The profiles that are enabled: those that the caller names, else those of `COMPOSE_PROFILES`. `*` is all.
 *
 * @see compose-go, cli/options.go, WithDefaultProfiles
 */
export function enabledProfiles(named: readonly string[], lookup: Lookup): ReadonlySet<string> {
  if (named.length > 0) return new Set(named)
  const value = lookup('COMPOSE_PROFILES')
  return new Set(value !== undefined && 'text' in value ? value.text.split(',').map((name) => name.trim()) : [])
}

/**
 * The profiles that would enable a service; none if it is enabled. A profile that cannot be known enables it, so that
 * nothing is left out by mistake.
 *
 * @see compose specification, 15-profiles.md
 */
export function missingProfiles(profiles: Value | undefined, enabled: ReadonlySet<string>): readonly string[] {
  const names = itemsOf(profiles).map(textOf)
  const counts = enabled.has('*') || names.some((name) => name === undefined || enabled.has(name))
  return counts ? [] : names.filter((name) => name !== undefined)
}
