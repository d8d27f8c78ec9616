import type { Finding, FindingCode } from './finding.ts'

/** What heals a finding, by its fingerprint. It is printed, and never run. */
export interface Repair {
  readonly action:
    | 'put-manifest'
    | 'push-again'
    | 'upload-blob'
    | 'replace-file'
    | 'retag'
    | 'rebuild'
    | 'remove-link'
    | 'none'
  /** What brought it about, as far as the traces tell, and why this heals it. */
  readonly why: string
  /** Shell commands; `$REGISTRY` is the registry's URL, `$SOURCE` a place that still has the image, `$SOURCE_REGISTRY` the URL of a registry that has it. */
  readonly commands: readonly string[]
}

/** Each remedy was tried on a real registry: `docs/findings/<code>.md` tells more, and what does not heal it. */
export function repairOf(finding: Finding): Repair {
  switch (finding.code) {
    case 'tag-dangling':
    case 'index-child-missing':
      return missingManifest(finding)
    case 'manifest-damaged':
      return damagedManifest(finding)
    case 'config-missing':
    case 'layer-missing':
      return missingBlob(finding)
    case 'blob-size-mismatch':
    case 'blob-digest-mismatch':
      return damagedBlob(finding)
    case 'descriptor-mismatch':
      return {
        action: 'rebuild',
        why: 'What is stored is whole, and the claim is part of the digest of the manifest that makes it. Build that manifest anew with a tool that gets it right; never edit files in blobs/.',
        commands: [],
      }
    case 'served-as-wrong-type':
      return {
        action: 'none',
        why: 'The bytes are whole, so no push heals it. Fix the proxy or the registry that rewrites the header: ask with "curl -sSI" for the manifest, at the public address and at the registry itself, and compare the headers.',
        commands: [],
      }
    case 'masked-by-cache':
      return masked(finding)
    case 'not-served-by-api':
      return {
        action: 'none',
        why: 'The storage is whole, so no push heals it. Look at what stands between: a proxy or its cache, permissions, a replica with other storage, a path prefix, or a registry that was started before the files came. Ask the registry itself, past any proxy.',
        commands: [],
      }
    case 'orphan-layer-link':
      return {
        action: 'none',
        why: 'Garbage collection of distribution 2.8 leaves such links; nobody misses them, and 3.x removes them. Restart the registry after a collection if it has a blob cache.',
        commands: [],
      }
    case 'orphan-revision-link':
      return {
        action: 'remove-link',
        why: 'If nobody wants that digest any more, its link can go; otherwise put the manifest back before the next garbage collection takes its layers.',
        commands: [remove(text(finding, 'link'))],
      }
    case 'link-invalid':
      if (finding.severity === 'error') return missingManifest(finding)
      return {
        action: 'remove-link',
        why: 'Nothing needs the link, and it can stop garbage collection. Nothing is lost with it but, for a revision, a pull by its digest.',
        commands: [remove(text(finding, 'link') || text(finding, 'path'))],
      }
    case 'engine-dependent':
      return engineDependent(finding)
    case 'blob-unreferenced':
      return { action: 'none', why: 'A garbage collection frees it.', commands: [] }
    case 'upload-abandoned':
      return { action: 'none', why: "The registry's upload purging removes it after 168 hours.", commands: [] }
    case 'crash-debris':
      return { action: 'none', why: 'Nothing reads it; it only takes up space.', commands: [] }
  }
}

function missingManifest(finding: Finding): Repair {
  if (finding.cause === 'not-served')
    return pushAgain(
      finding,
      'Over the API nobody sees what is left of it: scan the storage if you can, which tells the cause, and whether bytes that survive can be put again without a rebuild.',
    )
  if (finding.cause === 'link-missing' || finding.cause === 'link-invalid')
    return {
      action: 'retag',
      why: 'The image is still there, and only its name is lost. Give it back, the newest digest of its history being the last push. Do not collect garbage with -m before: it takes the image for untagged.',
      commands: [
        `ls -t ${quote(historyOf(finding))}`,
        `skopeo copy --all --preserve-digests "docker://\${REGISTRY#*://}/${finding.repository ?? ''}@$DIGEST" ${here(finding.repository, finding.tag)}`,
      ],
    }
  const whole = finding.evidence['namedBlobs'] === finding.evidence['presentBlobs']
  const survives = text(finding, 'survivingManifest')
  if (survives !== '' && whole)
    return {
      action: 'put-manifest',
      why: `${whoDidIt(finding)} Its bytes and all that it names are still stored: put the same bytes again, and nothing needs to be rebuilt. Stop all garbage collection until then: any run deletes what it names.`,
      commands: [putManifest(finding, survives, text(finding, 'survivingMediaType'))],
    }
  return pushAgain(finding, whoDidIt(finding))
}

/** @see field guide, "Cause, by fingerprint" */
function whoDidIt({ cause, evidence }: Finding): string {
  if (cause === 'manifest-missing')
    return evidence['ownPath'] === undefined
      ? 'The bytes are gone, as after a push against a stale cache or a deletion by hand.'
      : 'Somebody or something rewrote the revision link.'
  if (cause === 'revision-link-invalid')
    return 'A crash or a full disk left a bad link (distribution up to 3.0.0 writes in place).'
  if (evidence['revisionDirectory'] === 'empty')
    return evidence['namedBlobs'] === evidence['presentBlobs']
      ? 'Somebody deleted it through the API: clean-up scripts that delete "untagged" digests do this.'
      : 'Somebody deleted it through the API (clean-up scripts that delete "untagged" digests do this), and a garbage collection has run since.'
  if (evidence['survivingManifest'] !== undefined)
    return 'This is what garbage-collect -m (--delete-untagged) of distribution 2.8.3 and older does to the children of a tagged index: take -m out of the job, or upgrade to 3.x.'
  return 'Nothing is left of it, as after garbage-collect -m (--delete-untagged) of distribution 2.8.3 and older on a nested index, or a deletion by hand.'
}

/** The remedy is that of what the disk lacks, after what can be saved is saved and the cache is emptied. */
function masked(finding: Finding): Repair {
  const { action, why, commands } = repairOf({ ...finding, code: finding.evidence['onDisk'] as FindingCode })
  const isServed = finding.evidence['apiServes'] === true
  return {
    action,
    why: `${isServed ? 'Copy it away while it is still served. Then restart' : 'Restart'} the registry, which empties its cache (one in Redis outlives that), or a push skips what it believes to be there. ${why}`,
    commands: [...(isServed ? rescues(finding) : []), ...commands],
  }
}

function rescues({ repository = '', tags }: Finding): string[] {
  return tags
    .slice(0, 5)
    .map((tag) => `skopeo copy --all --preserve-digests ${here(repository, tag)} "dir:rescued-${tag}"`)
}

function damagedManifest(finding: Finding): Repair {
  switch (finding.cause) {
    case 'wrong-link':
      return {
        action: 'put-manifest',
        why: 'Somebody or something rewrote the link. If the right bytes are still stored (the first command prints the digest), putting them again writes the link anew; otherwise push the image again.',
        commands: [`sha256sum ${quote(text(finding, 'ownPath'))}`, putManifest(finding, text(finding, 'ownPath'), '')],
      }
    case 'empty':
    case 'digest-mismatch':
      return replaceFile(
        finding,
        'A crash, a full disk, a bad disk or an edit. Pushing again is answered 201 and does not heal it: the bad file must go first.',
      )
    default:
      return {
        action: 'rebuild',
        why: 'The bytes are what their digest promises, so no push of the same image heals it. Build it anew and push it under the tag.',
        commands: [],
      }
  }
}

function missingBlob(finding: Finding): Repair {
  const link = text(finding, 'path')
  const traces =
    finding.cause === 'layer-link-invalid'
      ? 'A crash or a full disk left a bad link.'
      : 'An interrupted push, or a link that was deleted.'
  if (finding.evidence['blobStored'] === true)
    return {
      action: 'upload-blob',
      why: `${traces} The bytes are still stored: upload them again from there, which writes the link anew.`,
      commands: uploadOf(finding, text(finding, 'blobPath')),
    }
  if (finding.cause === 'not-served')
    return pushAgain(
      finding,
      'Over the API nobody sees what is left of it: scan the storage if you can, which tells the cause. If the registry has a blob cache, restart it first, or the push skips what it believes to be there.',
    )
  if (text(finding, 'ownPath') !== '') return rewrittenLink(finding)
  if (finding.cause === 'layer-link-invalid')
    return {
      action: 'upload-blob',
      why: 'A crash or a full disk left a bad link, and the bytes are gone too. A push does not heal it; remove it (it leads nowhere), restart a registry that has a blob cache, then push or upload.',
      commands: [remove(link), ...copies(finding)],
    }
  return pushAgain(
    finding,
    'A garbage collection beside a push, a push against a stale cache, or a deletion by hand. If the registry has a blob cache, restart it first, or the push skips what it believes to be there.',
  )
}

function damagedBlob(finding: Finding): Repair {
  if (finding.cause === 'wrong-link') return rewrittenLink(finding)
  return replaceFile(
    finding,
    'A crash, a full disk or a storage fault. Pushing again is answered 201 and does not heal it: the bad file must go first.',
  )
}

function rewrittenLink(finding: Finding): Repair {
  const own = text(finding, 'ownPath')
  return {
    action: 'upload-blob',
    why: 'Somebody or something rewrote the link. If the right bytes are still stored (the first command prints the digest), uploading them again writes the link anew; a push may not, because the registry can say that it has the layer.',
    commands: [`sha256sum ${quote(own)}`, ...uploadOf(finding, own)],
  }
}

function engineDependent(finding: Finding): Repair {
  if (finding.cause === 'schema1')
    return {
      action: 'rebuild',
      why: 'Convert it while the registry still serves it; the tag moves to a new digest.',
      commands: finding.tags.map(
        (tag) => `skopeo copy --format v2s2 ${here(finding.repository, tag)} ${here(finding.repository, tag)}`,
      ),
    }
  return {
    action: 'put-manifest',
    why: 'Put the same bytes again as a manifest before an upgrade: that writes the revision link anew.',
    commands: [putManifest(finding, text(finding, 'path'), text(finding, 'mediaType'))],
  }
}

function pushAgain(finding: Finding, why: string): Repair {
  return {
    action: 'push-again',
    why: `${why} ${isNamedByIndex(finding) ? UPLOAD_AS_BLOB : 'Copy the image from a place that still has all of it, which keeps its digests, or rebuild and push it.'}`,
    commands: copies(finding),
  }
}

function replaceFile(finding: Finding, why: string): Repair {
  const path = text(finding, 'path')
  const asBlob = isNamedByIndex(finding) ? ` ${UPLOAD_AS_BLOB}` : ''
  if (path === '')
    return {
      action: 'replace-file',
      why: `${why} Over the API the file cannot be seen: scan the storage, which names it. Something on the way may have altered the bytes too: ask the registry itself, past any proxy.${asBlob}`,
      commands: copies(finding),
    }
  return {
    action: 'replace-file',
    why: `${why} Every repository with this digest reads the same file, so have the right bytes first; restart a registry that has a blob cache after the removal.${asBlob}`,
    commands: [`mv ${quote(path)} ${quote(`${finding.digest?.slice(-12) ?? 'file'}.bad`)}`, ...copies(finding)],
  }
}

/** A blob that an index names, as the layers of a BuildKit cache: no client copies such an index. */
function isNamedByIndex({ evidence }: Finding): boolean {
  return evidence['namedByIndex'] === true
}

const UPLOAD_AS_BLOB =
  'The index names a blob here, as the index of a build cache does, and clients copy only images: download the blob from a registry that still has it, and upload it as a blob. Or export the cache again.'

function copies(finding: Finding): string[] {
  const { repository = '', tags, digest = '' } = finding
  if (isNamedByIndex(finding)) {
    const file = `${digest.slice(-12)}.blob`
    return [`curl -fsSL -o ${file} "$SOURCE_REGISTRY/v2/${repository}/blobs/${digest}"`, ...uploadOf(finding, file)]
  }
  return tags.slice(0, 5).map((tag) => `skopeo copy --all --preserve-digests "$SOURCE" ${here(repository, tag)}`)
}

function putManifest({ repository = '', digest, evidence }: Finding, file: string, mediaType: string): string {
  const type = mediaType === '' ? '"Content-Type: $MEDIA_TYPE"' : quote(`Content-Type: ${mediaType}`)
  return `curl -fsS -H ${type} -T ${quote(file)} "$REGISTRY/v2/${repository}/manifests/${digest ?? String(evidence['digest'] ?? '')}"`
}

function uploadOf({ repository = '', digest }: Finding, file: string): string[] {
  return [
    `LOCATION=$(curl -fsSi -d '' "$REGISTRY/v2/${repository}/blobs/uploads/" | tr -d '\\r' | sed -n 's/^[Ll]ocation: //p')`,
    'case $LOCATION in /*) LOCATION=$REGISTRY$LOCATION ;; esac',
    `curl -fsS -T ${quote(file)} "$LOCATION&digest=${digest ?? ''}"`,
  ]
}

function here(repository: string | undefined, tag: string | undefined): string {
  return `"docker://\${REGISTRY#*://}/${repository ?? ''}:${tag ?? '$TAG'}"`
}

function remove(path: string): string {
  return `rm ${quote(path)}`
}

/** Safe as one word of a shell, whatever is in it. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}

function text(finding: Finding, key: string): string {
  const value = finding.evidence[key]
  return typeof value === 'string' ? value : ''
}

/** `…/tags/<tag>/current/link` -> the tag's history. */
function historyOf(finding: Finding): string {
  return `${text(finding, 'path').replace(/\/current\/link$/, '')}/index/sha256`
}
