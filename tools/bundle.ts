import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { type BuildOptions, build, type Metafile, type OutputFile, transform } from 'esbuild'
import { bundledPackages } from './bundled-packages.ts'
import { ownPlaces } from './own-places.ts'
import { PLACE, placesOfModules } from './places-of-modules.ts'
import { noticesOf } from './third-party-notices.ts'
import { withoutApiModels } from './without-api-models.ts'
import { withoutHttp2 } from './without-http2.ts'

/**
 * Writes `dist/`: the command, a file for each part that is loaded later, and one file for the worker threads, with
 * every package in them. See docs/decisions/0029-esbuild.md.
 */
const ROOT = join(import.meta.dirname, '..')
const DIST = join(ROOT, 'dist')
const TARGET = 'node20.19'

/** Share code with each other. `program.ts` is loaded by the first; it has a name of its own for whoever keeps a process. */
const COMMAND = ['src/bin.ts', 'src/cli/program.ts']
/** Alone in its file: each thread loads it anew, and one file is loaded faster than several. */
const THREAD = ['src/sources/storage/worker.ts']

rmSync(DIST, { recursive: true, force: true })
const inputs = [...(await write(COMMAND, { splitting: true })), ...(await write(THREAD, { splitting: false }))]
writeFileSync(join(DIST, 'package.json'), '{ "type": "commonjs" }\n')
writeFileSync(join(DIST, 'THIRD-PARTY-NOTICES.txt'), noticesOf(bundledPackages(inputs, ROOT)))

/** @returns the files that something was taken of, from the root of the project */
async function write(entryPoints: string[], how: Pick<BuildOptions, 'splitting'>): Promise<readonly string[]> {
  const { outputFiles, metafile } = await build({
    ...how,
    entryPoints,
    absWorkingDir: ROOT,
    outbase: 'src',
    outdir: DIST,
    chunkNames: 'parts/[name]-[hash]',
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: TARGET,
    legalComments: 'none',
    sourcemap: 'inline',
    sourcesContent: false,
    metafile: true,
    write: false,
    logLevel: 'warning',
    plugins: [placesOfModules(join(ROOT, 'src')), withoutHttp2, withoutApiModels()],
  })
  await Promise.all(outputFiles.map(writeCommonJs))
  return usedInputs(metafile)
}

/**
 * esbuild splits ECMAScript modules only, and Node loads those slower: one file after the other, through a loader that
 * has to be loaded itself. So what was split is written as CommonJS.
 */
async function writeCommonJs({ path, text }: OutputFile): Promise<void> {
  const { code, map, warnings } = await transform(text, {
    loader: 'js',
    format: 'cjs',
    platform: 'node',
    target: TARGET,
    // Else a part would be loaded through that loader again.
    supported: { 'dynamic-import': false },
    banner: `"use strict";${text.includes(PLACE) ? placeOf(dirname(path)) : ''}`,
    minifyWhitespace: true,
    minifySyntax: true,
    sourcemap: 'external',
    sourcesContent: false,
    sourcefile: basename(path),
  })
  const [warning] = warnings
  if (warning) throw new Error(`${path}: ${warning.text}`)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `${code}//# sourceMappingURL=${basename(path)}.map\n`)
  writeFileSync(`${path}.map`, ownPlaces(map))
}

/** Where `dist/` is, as a URL with a slash at its end. */
function placeOf(directory: string): string {
  const up = JSON.stringify(relative(directory, DIST) || '.')
  return `const ${PLACE}=require("node:url").pathToFileURL(require("node:path").join(__dirname,${up},"/")).href;`
}

function usedInputs({ outputs }: Metafile): readonly string[] {
  return Object.values(outputs).flatMap((output) =>
    Object.entries(output.inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
  )
}
