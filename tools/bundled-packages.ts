import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A package of which something is in the bundle. */
export interface BundledPackage {
  readonly name: string
  readonly version: string
  /** As SPDX writes it. */
  readonly license: string
  /** Licence and notices, as they lie in the package. */
  readonly papers: readonly string[]
}

/** Published with no other package in their files; most of what they depend on is for parts that we do not bundle. */
const ALONE: ReadonlySet<string> = new Set(['@kubernetes/client-node'])

interface Manifest {
  readonly name?: string
  readonly version?: string
  readonly license?: string
  readonly dependencies?: Readonly<Record<string, string>>
}

/**
 * Packages that files were taken from, and all that those depend on: some publish files with others already in them.
 *
 * @param inputs files of the bundle, from the root
 */
export function bundledPackages(inputs: readonly string[], root: string): readonly BundledPackage[] {
  const files = inputs.filter((file) => file.includes('node_modules/'))
  const homes = new Set(files.map((file) => homeOf(dirname(join(root, file)))))
  // A set that grows while it is walked is walked to its end.
  for (const home of homes) {
    const { name = '', dependencies = {} } = manifestIn(home)
    if (!ALONE.has(name)) for (const other of Object.keys(dependencies)) homes.add(homeOfDependency(other, home))
  }
  const packages = new Map([...homes].map(read).map((each) => [`${each.name} ${each.version}`, each]))
  return [...packages].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each)
}

/** A directory inside of a package may have a `package.json` too, without a name and a version. */
function homeOf(directory: string): string {
  const { name, version } = manifestIn(directory)
  return name !== undefined && version !== undefined ? directory : homeOf(dirname(directory))
}

/** @throws {Error} where it is not installed */
function homeOfDependency(name: string, home: string): string {
  const directory = join(home, 'node_modules', name)
  if (existsSync(directory)) return directory
  if (dirname(home) === home) throw new Error(`${name} is not installed`)
  return homeOfDependency(name, dirname(home))
}

function manifestIn(directory: string): Manifest {
  const file = join(directory, 'package.json')
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
}

/** @throws {Error} where nothing says on what terms a package is given */
function read(home: string): BundledPackage {
  const { name = '', version = '', license } = manifestIn(home)
  const papers = readdirSync(home)
    .filter((file) => /^(?:licen[cs]e|copying|notice)(?:[.-](?:md|txt|markdown|mit|apache))?$/i.test(file))
    .sort()
  if (license === undefined || papers.length === 0) throw new Error(`${name} ${version} comes without its licence`)
  return { name, version, license, papers: papers.map((file) => readFileSync(join(home, file), 'utf8')) }
}
