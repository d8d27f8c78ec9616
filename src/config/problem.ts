/** Something that is wrong with a configuration file. */
export interface Problem {
  /** Of what it is about, such as `registries[0].depth`; empty where it is about the whole file. */
  readonly key: string
  /** Where it stands, from 1. */
  readonly line: number | undefined
  readonly says: string
}

export type Path = readonly (string | number)[]

/** `['registries', 0, 'depth']` as `registries[0].depth`. */
export function keyOf(path: Path): string {
  return path.reduce<string>(
    (key, part) => (typeof part === 'number' ? `${key}[${part}]` : key === '' ? part : `${key}.${part}`),
    '',
  )
}

/** One line for it. @param file as the operator wrote it */
export function sentenceOf(file: string, { key, line, says }: Problem): string {
  return [line === undefined ? file : `${file}:${line}`, ...(key === '' ? [] : [key]), says].join(': ')
}
