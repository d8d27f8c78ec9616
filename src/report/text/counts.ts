/** The first few of a list, and how many more there are. */
export function some(items: readonly string[], most: number): string {
  const more = items.length - most
  return more <= 0 ? items.join(', ') : `${items.slice(0, most).join(', ')} and ${more} more`
}

/** `1 tag`, `2 tags`. */
export function count(n: number, one: string, many: string = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`
}
