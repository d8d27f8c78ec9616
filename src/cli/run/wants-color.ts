import type { Io, Stream } from '../process/io.ts'

/** Whether results are colored: by `--color`, or by the environment and the terminal. */
export function wantsColor(
  { color }: { readonly color: 'auto' | 'always' | 'never' },
  { env }: Pick<Io, 'env'>,
  results: Stream,
): boolean {
  if (color !== 'auto') return color === 'always'
  if (env['NO_COLOR']) return false
  const forced = env['FORCE_COLOR']
  return forced === undefined ? results.isTerminal : forced !== '0' && forced !== 'false'
}
