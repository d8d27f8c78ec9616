import type { FindingCode } from '../findings/code.ts'
import type { Finding } from '../findings/finding.ts'
import { causeText } from './culprit.ts'
import { Parts } from './parts.ts'
import type { RepairPlace } from './place.ts'
import type { RepairStep } from './step.ts'

export type RepairAction =
  | 'put-manifest'
  | 'push-again'
  | 'upload-blob'
  | 'replace-file'
  | 'retag'
  | 'rebuild'
  | 'remove-link'
  | 'remove-file'
  | 'none'

/** What repairs one finding, and why. */
export interface Remedy {
  readonly action: RepairAction
  /** What brought it about, as far as the traces tell, and why this repairs it. */
  readonly why: string
  /** In no order yet; without the restart and the checks that a plan adds. */
  readonly steps: readonly RepairStep[]
}

/** Each was tried on a real registry: `docs/findings/<code>.md` tells more, and what does not repair it. */
export function remedyOf(finding: Finding, place: RepairPlace): Remedy {
  const remedy = BY_CODE[finding.code](finding, new Parts(finding, place))
  return place.pullThrough ? inCache(finding, remedy, place) : remedy
}

type Judge = (finding: Finding, parts: Parts) => Remedy

const BY_CODE: Readonly<Record<FindingCode, Judge>> = {
  'tag-dangling': missingManifest,
  'index-child-missing': missingManifest,
  'manifest-damaged': damagedManifest,
  'config-missing': missingBlob,
  'layer-missing': missingBlob,
  'blob-size-mismatch': damagedBlob,
  'blob-digest-mismatch': damagedBlob,
  'descriptor-mismatch': () =>
    none(
      'rebuild',
      'The stored content is intact. The wrong claim is part of a manifest, and so of its digest: build that manifest again with a correct tool. Never edit files in blobs/.',
    ),
  'served-as-wrong-type': () =>
    none(
      'none',
      'The bytes are intact, so no push repairs it. Fix the proxy or the registry that rewrites the header: request the manifest with "curl -sSI" from the public address and from the registry itself, and compare the headers.',
    ),
  'masked-by-cache': masked,
  'not-served-by-api': () =>
    none(
      'none',
      'The storage is intact, so no push repairs it. Check what comes between: a proxy or its cache, permissions, a replica with other storage, a path prefix, or a registry that was started before the files were there. Send requests to the registry itself, bypassing any proxy.',
    ),
  'orphan-layer-link': () =>
    none('none', 'Garbage collection of distribution 2.8 leaves such links. Nothing needs them, and 3.x removes them.'),
  'orphan-revision-link': orphanRevision,
  'link-invalid': invalidLink,
  'engine-dependent': engineDependent,
  'blob-unreferenced': () => none('none', 'A garbage collection frees it.'),
  'upload-abandoned': () => none('none', "The registry's upload purging removes it after 168 hours."),
  'crash-debris': () => none('none', 'Nothing reads it; it only takes up space.'),
}

function none(action: RepairAction, why: string): Remedy {
  return { action, why, steps: [] }
}

const SCAN_STORAGE =
  'The API does not show what is left of it: if you can, scan the storage, which shows the cause and whether it can be repaired without a rebuild.'
const COPY = 'Copy the image from a registry that still has all of it, which keeps its digests, or rebuild and push it.'
const RESTART = 'Restart the registry before any push, or the push skips what its cache still claims to have.'
const GC_OFF = 'Stop all garbage collection until then: any run deletes what it names.'

function missingManifest(finding: Finding, parts: Parts): Remedy {
  if (finding.cause === 'not-served') return pushAgain(parts, SCAN_STORAGE)
  if (finding.cause === 'link-missing' || finding.cause === 'link-invalid') return lostTag(finding, parts)
  if (finding.salvage?.isWhole)
    return {
      action: 'put-manifest',
      why: `${causeText(finding)} Its bytes and all that it names are still stored: upload the same bytes again, children before their index. Nothing needs to be rebuilt. ${GC_OFF}`,
      steps: parts.salvage(),
    }
  return pushAgain(parts, causeText(finding))
}

/** A tag that lost its link: it can have it back where its history tells what it named, and that is still there. */
function lostTag(finding: Finding, parts: Parts): Remedy {
  const { evidence, salvage } = finding
  if (evidence['tagIs'] === 'a file')
    return {
      action: 'remove-file',
      why: 'It is a file among the directories of the tags, as left by a desktop or a sync tool. The registry lists it as a tag and garbage-collect -m stops at it. Move it away.',
      steps: parts.quarantine('path', { is: 'directory' }),
    }
  const danger = 'Do not run garbage-collect -m before that: it treats the image as untagged.'
  if (salvage?.isWhole)
    return {
      action: 'retag',
      why: `According to its history it named ${salvage.digest}, which is still stored with all that it needs: upload that manifest again under the tag. ${danger}`,
      steps: [...parts.salvage(), ...parts.tag()],
    }
  const history = evidence['history']
  const count = Array.isArray(history) ? history.length : 0
  const known = typeof evidence['lastPushed'] === 'string'
  const why = known
    ? `It last named ${String(evidence['lastPushed'])}, which is no longer completely stored.`
    : count === 0
      ? 'Nothing is left that shows which image it named.'
      : `It has named ${count} images, and their times do not show which was the last: ${(Array.isArray(history) ? history : []).slice(0, 3).join(', ')}.`
  const copied = pushAgain(
    parts,
    why,
    known ? COPY : 'Copy the tag from a registry that still has it, or delete the tag.',
  )
  // Other repairs may bring back what it needs: then no other registry has to have it.
  return { ...copied, steps: [...copied.steps, ...parts.tag()] }
}

/** The remedy is that of what the disk lacks, after what a cache still serves is saved. */
function masked(finding: Finding, parts: Parts): Remedy {
  const isServed = finding.evidence['apiServes'] === true
  const onDisk = finding.evidence['onDisk'] as FindingCode
  const { action, why, steps } = BY_CODE[onDisk](finding, parts)
  return {
    action,
    why: `${isServed ? 'Copy it to another place while it is still served. Then restart' : 'Restart'} the registry, which clears its cache (flush a Redis cache yourself); otherwise a push skips what the cache still claims. ${why}`,
    steps: isServed ? [...parts.rescues(), ...steps] : steps,
  }
}

function damagedManifest(finding: Finding, parts: Parts): Remedy {
  switch (finding.cause) {
    case 'wrong-link':
      if (finding.salvage?.isWhole)
        return {
          action: 'put-manifest',
          why: 'Something rewrote the revision link. The right bytes are still stored: uploading them again rewrites the link.',
          steps: parts.salvage(),
        }
      return {
        ...pushAgain(parts, 'Something rewrote the revision link, and not all of the right bytes are stored.'),
        steps: [...parts.quarantineLink('link'), ...parts.copies()],
      }
    case 'empty':
    case 'digest-mismatch':
      return replaceFile(parts, 'A crash, a full disk, a bad disk or an edit.')
    default:
      return none(
        'rebuild',
        'The bytes match their digest, so pushing the same image does not repair it. Rebuild it and push it under the tag.',
      )
  }
}

function missingBlob(finding: Finding, parts: Parts): Remedy {
  const { cause, evidence } = finding
  if (cause === 'not-served') return pushAgain(parts, `${SCAN_STORAGE} ${RESTART}`)
  const traces =
    cause === 'layer-link-invalid'
      ? 'A crash or a full disk left a bad link.'
      : 'An interrupted push, or a link that was deleted.'
  if (evidence['blobDamaged'] === true) return replaceFile(parts, `${traces} The file of the blob is damaged too.`)
  if (evidence['blobStored'] === true)
    return {
      action: 'upload-blob',
      why: `${traces} The bytes are still stored: upload them again from there, which rewrites the link.`,
      steps: [...parts.quarantineLink('path', cause === 'layer-link-invalid'), ...parts.upload('blobPath')],
    }
  if (typeof evidence['ownPath'] === 'string') return rewrittenLink(finding, parts)
  if (evidence['dataIs'] !== undefined)
    return replaceFile(parts, 'There is a directory in place of the file, and no push replaces it.')
  if (cause === 'layer-link-invalid')
    return {
      action: 'push-again',
      why: `${traces} The bytes are gone too. A push fails at the link: move it away first. ${parts.copyText(COPY)}`,
      steps: [...parts.quarantineLink('path'), ...parts.copies()],
    }
  return pushAgain(
    parts,
    `A garbage collection beside a push, a push against a stale cache, or a deletion by hand. ${RESTART}`,
  )
}

function damagedBlob(finding: Finding, parts: Parts): Remedy {
  if (finding.cause === 'wrong-link') return rewrittenLink(finding, parts)
  return replaceFile(parts, 'A crash, a full disk or a storage fault.')
}

function rewrittenLink({ evidence }: Finding, parts: Parts): Remedy {
  const traces = 'Something rewrote the layer link. Move it away, because a push skips the layer as already there.'
  if (evidence['ownStored'] === true)
    return {
      action: 'upload-blob',
      why: `${traces} The right bytes are still stored: uploading them again rewrites the link.`,
      steps: [...parts.quarantineLink('link'), ...parts.upload('ownPath')],
    }
  return {
    action: 'push-again',
    why: `${traces} ${parts.copyText(COPY)}`,
    steps: [...parts.quarantineLink('link'), ...parts.copies()],
  }
}

function engineDependent(finding: Finding, parts: Parts): Remedy {
  const isSchema1 =
    finding.cause === 'schema1' || String(finding.evidence['mediaType']).includes('.distribution.manifest.v1+')
  if (isSchema1)
    return none(
      'rebuild',
      'Current registries do not accept pushes of schema 1. Convert it while this one still serves it (skopeo copy --format v2s2, from the tag to the same tag, which gives it a new digest), or rebuild and push it.',
    )
  return {
    action: 'put-manifest',
    why: 'Upload the same bytes again as a manifest before an upgrade: that rewrites the revision link.',
    steps: parts.putFile('path', 'mediaType'),
  }
}

/** @param moved steps that move it away */
function onceOwnersAreWhole(parts: Parts, moved: readonly RepairStep[]): Remedy {
  const unread = 'a tag or an index of this repository cannot be read, and may need it.'
  const steps = parts.setAside(moved)
  if (steps.length === 0) return none('none', `Leave it: ${unread} Repair those first, then scan again.`)
  return {
    action: 'remove-link',
    why: `Leave it for now: ${unread} If it is unchanged when those are repaired and intact, nothing needs it: then move it away.`,
    steps,
  }
}

function orphanRevision(finding: Finding, parts: Parts): Remedy {
  if (finding.severity === 'error') return pushAgain(parts, causeText(finding))
  const moved = parts.quarantine('link', { is: 'target', path: String(finding.evidence['path'] ?? '') })
  if (finding.evidence['ownersUnread'] === true) return onceOwnersAreWhole(parts, moved)
  return {
    action: 'remove-link',
    why: 'No tag needs it. If somebody still wants that digest, copy it from a registry that has it, before the next garbage collection takes its layers; otherwise its link can go.',
    steps: moved,
  }
}

/** What nothing seems to need. What can be made right is made right, because that takes nothing away. */
function invalidLink(finding: Finding, parts: Parts): Remedy {
  const { cause, severity, evidence, salvage } = finding
  if (cause === 'revision-link-invalid') {
    if (severity === 'error') return missingManifest(finding, parts)
    if (salvage?.isWhole)
      return {
        action: 'put-manifest',
        why: 'A crash or a full disk left a bad link. The bytes and all that they name are still stored: upload the same bytes again, which rewrites the link and loses nothing.',
        steps: parts.salvage(),
      }
  } else if (evidence['blobStored'] === true && evidence['blobDamaged'] !== true)
    return {
      action: 'upload-blob',
      why: 'A crash or a full disk left a bad link. The bytes are still stored: uploading them again rewrites the link and loses nothing.',
      steps: [...parts.quarantineLink('path'), ...parts.upload('blobPath')],
    }
  else if (evidence['ownStored'] === true) return rewrittenLink(finding, parts)
  const moved = parts.quarantineLink(evidence['link'] === undefined ? 'path' : 'link')
  if (evidence['ownersUnread'] === true) return onceOwnersAreWhole(parts, moved)
  const survives =
    salvage === undefined ? '' : ' Its manifest is still stored, but not all that it names: it cannot be restored.'
  return {
    action: 'remove-link',
    why: `Nothing needs the link, and it can stop garbage collection.${survives} The only loss, for a revision, is pulling by its digest.`,
    steps: moved,
  }
}

function pushAgain(parts: Parts, why: string, how: string = COPY): Remedy {
  return { action: 'push-again', why: `${why} ${parts.copyText(how)}`, steps: [...parts.inTheWay(), ...parts.copies()] }
}

function replaceFile(parts: Parts, why: string): Remedy {
  const stays = 'Pushing again gets 201 and does not repair it: move the bad file away first.'
  if (!parts.hasStorage)
    return {
      action: 'replace-file',
      why: `${why} ${stays} The API does not show the file: scan the storage, which names it. A proxy may have altered the bytes too: send the request to the registry itself, bypassing any proxy. ${parts.copyText('')}`.trim(),
      steps: parts.copies(),
    }
  return {
    action: 'replace-file',
    why: `${why} ${stays} Every repository with this digest reads the same file. ${parts.copyText('')}`.trim(),
    steps: [...parts.damagedFile(), ...parts.inTheWay(), ...parts.copies()],
  }
}

/** A pull-through cache takes no push. What is out of the way is fetched from upstream when somebody asks for it. */
function inCache(finding: Finding, { action, why, steps }: Remedy, place: RepairPlace): Remedy {
  if (steps.length === 0) return { action, why, steps }
  const quarantines = steps.filter(({ does }) => does === 'quarantine')
  const isBlob =
    finding.code.startsWith('blob-') || finding.code === 'layer-missing' || finding.code === 'config-missing'
  const parts = new Parts(finding, place)
  return {
    action: 'replace-file',
    why: `This is a pull-through cache: nothing can be pushed to it. Move the bad files away and pull, so that the cache fetches the content again. ${servedMeanwhile(finding, isBlob)}`.trim(),
    steps: [
      ...(quarantines.length > 0 ? quarantines : inTheWayOfPulls(finding, parts)),
      ...parts.pulls(isBlob ? 'blobs' : 'manifests'),
    ],
  }
}

/** What clients of a cache get until it is repaired, as measured on distribution 2.8.2. */
function servedMeanwhile({ severity, cause }: Finding, isBlob: boolean): string {
  if (severity !== 'error') return ''
  if (isBlob && cause.endsWith('-invalid'))
    return 'Until then clients get an error, whether or not the upstream answers.'
  if (isBlob || cause === 'wrong-link')
    return 'Until then clients get the wrong bytes, whether or not the upstream answers.'
  if (cause === 'digest-mismatch')
    return 'Until then clients get the wrong bytes, whether or not the upstream answers, if the registry can still read them as a manifest; else the right ones while it answers.'
  return 'Until then clients get the right bytes while the upstream answers, and an error without it.'
}

/** A pull writes the link of a tag anew by itself, and the tag may name another image upstream by now. */
function inTheWayOfPulls({ code, cause }: Finding, parts: Parts): RepairStep[] {
  if (cause === 'wrong-link') return parts.quarantineLink('link')
  if (!cause.endsWith('link-invalid')) return parts.damagedFile()
  return code === 'tag-dangling' && cause === 'link-invalid' ? [] : parts.quarantineLink('path')
}
