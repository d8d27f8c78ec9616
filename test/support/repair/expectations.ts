import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { StoragePaths } from '../builders/storage-paths.ts'
import type { Client, Tree } from './client.ts'
import {
  holdsRightBytes,
  lastInHistory,
  type Revision,
  regularFile,
  revisionsIn,
  type Tag,
  tagsIn,
} from './read-storage.ts'

/** Everything that a client could have at one moment. */
export interface Snapshot {
  readonly tags: readonly (Tag & { readonly tree: Tree })[]
  readonly revisions: readonly (Revision & { readonly tree: Tree })[]
}

/** What a client must be able to have, and why so. */
export interface Wanted {
  readonly repository: string
  /** A tag or a digest. */
  readonly reference: string
  readonly digest: string
  readonly why: 'was whole' | 'SOURCE has it' | 'its bytes survive'
}

export interface Expectations {
  readonly wanted: readonly Wanted[]
  /** Digests of blob files that hold right bytes which something needed before the harm. */
  readonly surviving: readonly string[]
  /** Tags of which nothing here or in SOURCE gives a whole image. */
  readonly hopeless: readonly Tag[]
}

const DIGEST = /^sha256:[0-9a-f]{64}$/

export async function snapshotOf(at: StoragePaths, client: Client): Promise<Snapshot> {
  const tags = []
  for (const each of tagsIn(at)) tags.push({ ...each, tree: await client.tree(each.repository, each.tag) })
  const revisions = []
  for (const each of revisionsIn(at)) revisions.push({ ...each, tree: await client.tree(each.repository, each.digest) })
  return { tags, revisions }
}

/**
 * What a repair must bring about, decided without the scanner: from what clients got before the harm and after it, from
 * SOURCE, and from the bytes that are left.
 *
 * @param about.at the storage after the harm
 * @param about.before what clients got before it
 * @param about.after what they get from a registry that remembers nothing
 */
export async function expectationsOf(about: {
  readonly at: StoragePaths
  readonly before: Snapshot
  readonly after: Snapshot
  readonly source: Client
}): Promise<Expectations> {
  const { at, before, after, source } = about
  const wanted: Wanted[] = wholeIn(at, after)
  const isWanted = (repository: string, reference: string): boolean =>
    wanted.some((each) => each.repository === repository && each.reference === reference)
  for (const { repository, tag, tree } of before.tags.filter(isWhole)) {
    if (!isListed(at, { repository, tag }) || isWanted(repository, tag)) continue
    const meant = meantBy(at, { repository, tag, recorded: tree.digest ?? '' })
    const there = await source.tree(repository, meant.digest)
    const known = [...before.tags, ...before.revisions].find((each) => each.tree.digest === meant.digest)?.tree
    const want = { repository, reference: tag, digest: meant.digest }
    if (meant.certain && isWhole({ tree: there })) wanted.push({ ...want, why: 'SOURCE has it' })
    else if (meant.local && known && survives(at, repository, known)) wanted.push({ ...want, why: 'its bytes survive' })
  }
  for (const { repository, digest } of revisionsIn(at)) {
    const known = before.revisions.find((each) => each.repository === repository && each.digest === digest)?.tree
    if (isWanted(repository, digest) || !known || !isWhole({ tree: known })) continue
    if (survives(at, repository, known))
      wanted.push({ repository, reference: digest, digest, why: 'its bytes survive' })
  }
  const hopeless = tagsIn(at).filter(({ repository, tag }) => !isWanted(repository, tag))
  const needed = [...before.tags, ...before.revisions].flatMap(({ tree }) => [...tree.needs.values()])
  return { wanted, hopeless, surviving: [...new Set(needed)].filter((digest) => holdsRightBytes(at, digest)) }
}

/**
 * @param ignored troubles that are not ours
 * @returns a sentence for each thing that a client cannot have
 */
export async function missedBy(client: Client, wanted: readonly Wanted[], ignored = /^$/): Promise<string[]> {
  const missed: string[] = []
  for (const { repository, reference, digest, why } of wanted) {
    const { troubles, digest: got } = await client.tree(repository, reference)
    const moved = got !== undefined && got !== digest ? [`is ${got} and not ${digest}`] : []
    const wrong = [...moved, ...troubles.filter((each) => !ignored.test(each))]
    if (wrong.length > 0) missed.push(`${repository} ${reference} (${why}): ${wrong.join('; ')}`)
  }
  return missed
}

function isWhole({ tree }: { readonly tree: Tree }): boolean {
  return tree.troubles.length === 0
}

/** A tag is whole where a client gets what the tag names, and not what a rewritten link below it leads to. */
function wholeIn(at: StoragePaths, { tags, revisions }: Snapshot): Wanted[] {
  const named = tags.map(({ repository, tag, tree }) => {
    const digest = regularFile(at.tagLink(repository, tag))?.toString() ?? ''
    return { repository, reference: tag, digest, tree }
  })
  const untagged = revisions.map(({ repository, digest, tree }) => ({ repository, reference: digest, digest, tree }))
  return [...named, ...untagged]
    .filter((each) => isWhole(each) && each.tree.digest === each.digest)
    .map(({ repository, reference, digest }) => ({ repository, reference, digest, why: 'was whole' }))
}

function isListed(at: StoragePaths, { repository, tag }: Tag): boolean {
  return tagsIn(at).some((each) => each.repository === repository && each.tag === tag)
}

/**
 * Which digest a tag stands for, after the harm.
 *
 * `local`: what is left of the tag says so by itself. `certain`: nothing that is left says otherwise.
 */
function meantBy(
  at: StoragePaths,
  { repository, tag, recorded }: Tag & { readonly recorded: string },
): { readonly digest: string; readonly local: boolean; readonly certain: boolean } {
  const link = regularFile(at.tagLink(repository, tag))?.toString('latin1').trim() ?? ''
  if (DIGEST.test(link)) return { digest: link, local: true, certain: true }
  const last = lastInHistory(at, { repository, tag })
  return {
    digest: recorded,
    local: last === recorded,
    certain: last === recorded || !hasHistory(at, { repository, tag }),
  }
}

function hasHistory(at: StoragePaths, { repository, tag }: Tag): boolean {
  try {
    return readdirSync(join(at.tag(repository, tag), 'index', 'sha256')).length > 0
  } catch {
    return false
  }
}

/** Whether all that a manifest needs can be put again from `blobs/` alone. A sha512 name leads there by its link only. */
function survives(at: StoragePaths, repository: string, { needs }: Tree): boolean {
  return [...needs].every(([name, stored]) => {
    if (!holdsRightBytes(at, stored)) return false
    return name === stored || regularFile(at.layerLink(repository, name))?.toString() === stored
  })
}
