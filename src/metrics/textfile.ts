import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { FAMILY_NAMES, familyOf } from './catalogue.ts'
import type { RunMetrics, TargetMetrics } from './metrics.ts'
import type { SeriesIdentity } from './samples.ts'

/** Writes a file atomically: a reader gets the old text or the new text. @throws {Error} */
export type WriteWhole = (path: string, text: string, mode: number) => void

/** Readable for node_exporter, which runs as another user. */
const MODE = 0o644

/**
 * Writes the metrics of a run for the textfile collector of node_exporter: for each target one file about the run, which every
 * run replaces, and one about the registry. They have no family in common.
 *
 * @returns what could not be written, as sentences; may contain text from the system: escape before printing
 */
export function writeTextfiles({ targets }: RunMetrics, directory: string, write: WriteWhole): readonly string[] {
  return targets.flatMap((target) => {
    try {
      return writeTarget(target, directory, write) ?? []
    } catch (error) {
      const registry = JSON.stringify(target.identity.registry)
      return `the metrics of ${registry} were not written to ${directory}: ${error instanceof Error ? error.message : String(error)}`
    }
  })
}

/** The result is written first, so that a new file about the run never stands beside an old result. */
function writeTarget(target: TargetMetrics, directory: string, write: WriteWhole): string | undefined {
  const stem = join(directory, textfileStem(target.identity))
  const other = ownerOf(textIn(`${stem}.run.prom`))
  if (other !== undefined && other !== ownerOf(target.run))
    return `the metrics of ${JSON.stringify(target.identity.registry)} were not written: ${stem}.run.prom belongs to ${other}`
  if (target.is === 'complete') write(`${stem}.result.prom`, target.result, MODE)
  else if (target.findings !== undefined)
    write(`${stem}.result.prom`, withFamiliesOf(textIn(`${stem}.result.prom`), target.findings), MODE)
  write(`${stem}.run.prom`, target.run, MODE)
  return undefined
}

/** The common part of both file names. Every byte that is not safe in a file name is percent-encoded. */
export function textfileStem({ registry, profile, shard }: SeriesIdentity): string {
  const parts = [registry, profile, shard === undefined ? undefined : `shard${shard}`]
  return parts.flatMap((part) => (part === undefined ? [] : [fileNamePart(part)])).join('-')
}

function fileNamePart(text: string): string {
  return text.replace(/^\.|[^\w.-]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  )
}

function textIn(path: string): string {
  try {
    // Reading a FIFO would block.
    if (!statSync(path).isFile()) throw new Error(`${path} is not a regular file`)
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
}

/** The labels in a file about a run: registry `a` with profile `b-c` has the same file name as `a-b` with profile `c`. */
function ownerOf(text: string): string | undefined {
  return /^registry_integrity_(?:gc_preview_)?last_run_timestamp_seconds(\{.*\}) /m.exec(text)?.[1]
}

/**
 * An exposition with the families of a newer one in place of its own. Families that are not in the catalogue, as of another
 * version, are dropped: the collector requires the same help text in all files.
 */
function withFamiliesOf(text: string, newer: string): string {
  const families = new Map([...seriesIn(text), ...seriesIn(newer)])
  const blocks = FAMILY_NAMES.flatMap((name) => {
    const series = families.get(name)
    const help = familyOf(name)?.help ?? ''
    return series === undefined ? [] : [`# HELP ${name} ${help}\n# TYPE ${name} gauge\n${series.join('\n')}\n`]
  })
  return blocks.join('\n')
}

/** The lines of each family. All are gauges, so each line starts with the family's name. */
function seriesIn(text: string): Map<string, string[]> {
  const families = new Map<string, string[]>()
  for (const line of text.split('\n')) {
    const name = /^[a-z_]+(?=[ {])/.exec(line)?.[0]
    if (name === undefined) continue
    const series = families.get(name)
    if (series) series.push(line)
    else families.set(name, [line])
  }
  return families
}
