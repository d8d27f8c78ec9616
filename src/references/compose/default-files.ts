const MAIN = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml']
const OVERRIDE = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
]

/**
 * The files of a directory that compose takes when none is named: the first main file, and the first override file.
 * Where a file is named, compose takes only that, and no override beside it.
 *
 * @param names of the files in the directory
 * @see compose-go, cli/options.go, DefaultFileNames and DefaultOverrideFileNames
 */
export function defaultComposeFiles(names: readonly string[]): readonly string[] {
  const main = MAIN.find((name) => names.includes(name))
  if (main === undefined) return []
  const override = OVERRIDE.find((name) => names.includes(name))
  return override === undefined ? [main] : [main, override]
}
