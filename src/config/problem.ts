/** A problem in a configuration file. */
export interface Problem {
  /** The key, such as `registries[0].depth`; empty if it is about the whole file. */
  readonly key: string
  /** The line number, starting at 1. */
  readonly line: number | undefined
  readonly says: string
}

/** The path of a value in a configuration file, such as `['registries', 0, 'depth']`. */
export type Path = readonly (string | number)[]

/** Turns `['registries', 0, 'depth']` into `registries[0].depth`. */
export function keyOf(path: Path): string {
  return path.reduce<string>(
    (key, part) => (typeof part === 'number' ? `${key}[${part}]` : key === '' ? part : `${key}.${part}`),
    '',
  )
}

/** The problem in one line. @param file as the operator wrote it */
export function sentenceOf(file: string, { key, line, says }: Problem): string {
  return [line === undefined ? file : `${file}:${line}`, ...(key === '' ? [] : [key]), says].join(': ')
}
