import { spawnSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const TSC = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url))
const MODELS = fileURLToPath(new URL('models.ts', import.meta.url))

interface Checked {
  readonly apiVersion: string
  readonly kind: string
}

/**
 * Hold objects against the models of Kubernetes, all in one run of the compiler: each becomes a literal of the type that
 * its `apiVersion` and `kind` ask for, so that a key which the type does not know is an error too.
 *
 * @param objects by a name of their own
 * @param directory an empty one, to write to
 * @returns what the compiler says against each that it says anything against
 * @throws {Error} where it says something that is about none of them
 */
export function modelErrors(
  objects: Readonly<Record<string, Checked>>,
  directory: string,
): ReadonlyMap<string, readonly string[]> {
  const names = Object.keys(objects)
  for (const [n, object] of Object.values(objects).entries())
    writeFileSync(join(directory, `object-${n}.ts`), sourceOf(object))
  const files = readdirSync(directory).filter((name) => name.endsWith('.ts'))
  const flags = [
    ...[
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      '--ignoreConfig',
      '--allowImportingTsExtensions',
      '--pretty',
      'false',
    ],
    ...['--target', 'es2023', '--module', 'nodenext'],
  ]
  const { stdout } = spawnSync(process.execPath, [TSC, ...flags, ...files], { cwd: directory, encoding: 'utf8' })
  const errors = new Map<string, string[]>()
  let name: string | undefined
  for (const line of stdout.split('\n').filter((each) => each !== '')) {
    const [, n, message = line] = /^object-(\d+)\.ts\(\d+,\d+\): error (.*)$/.exec(line) ?? []
    // What is moved to the right goes on with the line before.
    name = n === undefined && line.startsWith(' ') ? name : names[Number(n)]
    if (name === undefined) throw new Error(`tsc: ${stdout.slice(0, 2000)}`)
    errors.set(name, [...(errors.get(name) ?? []), message.trim()])
  }
  return errors
}

function sourceOf(object: Checked): string {
  const key = JSON.stringify(`${object.apiVersion} ${object.kind}`)
  const text = JSON.stringify(object, undefined, 2)
  return `import type { Models } from ${JSON.stringify(MODELS)}\nexport const object: Models[${key}] = ${text}\n`
}
