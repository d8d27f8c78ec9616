import type { CauseOf } from '../../check/findings/code.ts'
import type { FindingOf } from '../../check/findings/finding.ts'
import type { Digest } from '../../oci/digest.ts'
import type { GcAbort, LostObject } from '../outcome.ts'
import type { CollectionPreview, Preview } from './preview.ts'
import { runName } from './run-name.ts'

/** The findings of a preview: one for each file that would stop a collection, then one for each object that something needs. */
export function previewFindings(preview: Preview): readonly FindingOf<'gc-would-abort' | 'gc-would-break'>[] {
  const aborts = new Map<string, OpenAbort>()
  const breaks = new Map<string, OpenBreak>()
  for (const collection of preview.collections) {
    const name = runName(collection.outcome.run)
    for (const abort of collection.outcome.aborts) addAbort(aborts, abort, name)
    addBreaks(breaks, collection, name)
  }
  return [...[...aborts.values()].map(abortFinding), ...[...breaks.values()].map(breakFinding)]
}

interface OpenAbort {
  readonly abort: GcAbort
  readonly collections: Set<string>
}

interface OpenBreak {
  readonly repository: string
  readonly object: LostObject
  readonly tags: Set<string>
  readonly platforms: Set<string>
  readonly parents: Set<Digest>
  readonly collections: Set<string>
  readonly usedBy: Set<string>
}

function addAbort(open: Map<string, OpenAbort>, abort: GcAbort, name: string): void {
  const known = open.get(abort.path)
  if (known) known.collections.add(name)
  else open.set(abort.path, { abort, collections: new Set([name]) })
}

function addBreaks(open: Map<string, OpenBreak>, { broken, deployed }: CollectionPreview, name: string): void {
  for (const breakage of broken) {
    const { repository, tag, digest, platforms, through } = breakage
    const users = deployed.filter((each) => each.breakage === breakage).flatMap(({ image }) => image.usedBy)
    for (const object of through) {
      const key = JSON.stringify([repository, object.digest])
      const known = open.get(key) ?? emptyBreak(repository, object)
      open.set(key, known)
      if (tag !== undefined) known.tags.add(tag)
      if (digest !== object.digest) known.parents.add(digest)
      for (const platform of platforms) known.platforms.add(platform)
      for (const user of users) known.usedBy.add(user)
      known.collections.add(name)
    }
  }
}

function emptyBreak(repository: string, object: LostObject): OpenBreak {
  return {
    repository,
    object,
    tags: new Set(),
    platforms: new Set(),
    parents: new Set(),
    collections: new Set(),
    usedBy: new Set(),
  }
}

function abortFinding({ abort, collections }: OpenAbort): FindingOf<'gc-would-abort'> {
  const { kind, path, repository, tag, error, phase, deletedBefore } = abort
  const deleted =
    phase === 'sweep'
      ? `${deletedBefore.manifests} manifests, ${deletedBefore.isExact ? '' : 'up to '}${deletedBefore.blobs} blobs and ${deletedBefore.layerLinks} layer links`
      : undefined
  return {
    code: 'gc-would-abort',
    cause: kind,
    severity: 'error',
    repository,
    tags: tag === undefined ? [] : [tag],
    parents: [],
    platforms: [],
    evidence: {
      path,
      collections: [...collections],
      error,
      ...(deleted !== undefined && { deletedBefore: deleted }),
    },
  }
}

function breakFinding(open: OpenBreak): FindingOf<'gc-would-break'> {
  const { repository, object, tags, platforms, parents, collections, usedBy } = open
  return {
    code: 'gc-would-break',
    cause: CAUSES[object.loses],
    severity: 'error',
    repository,
    digest: object.digest,
    tags: [...tags].sort(),
    parents: [...parents].sort(),
    platforms: [...platforms].sort(),
    evidence: {
      path: object.path,
      object: object.is,
      collections: [...collections],
      ...(usedBy.size > 0 && { usedBy: [...usedBy] }),
    },
  }
}

const CAUSES: Readonly<Record<LostObject['loses'], CauseOf<'gc-would-break'>>> = {
  revision: 'revision-deleted',
  blob: 'blob-deleted',
  'layer-link': 'layer-link-deleted',
}
