import type { Evidence, Finding } from './finding.ts'

/**
 * What happened, in one sentence that names no repository, tag or digest: whoever shows it stands them beside it.
 * Text from the registry is in it only as it stands in the evidence: escape before printing.
 */
export function messageOf({ code, cause, evidence, tags, severity }: Finding): string {
  switch (code) {
    case 'tag-dangling':
      return DANGLING[cause]?.(evidence) ?? 'The tag is listed but cannot be resolved.'
    case 'index-child-missing':
      return `The index is served, but this child is not: ${absent(cause, evidence)}.`
    case 'manifest-damaged':
      return MANIFEST[cause]?.(evidence) ?? 'The manifest does not match its digest.'
    case 'config-missing':
      return `The manifest is served, but its config is not: ${absent(cause, evidence)}.`
    case 'layer-missing':
      return evidence['namedByIndex'] === true
        ? `The index is served, but this blob that it names is not: ${absent(cause, evidence)}.`
        : `The manifest is served, but this layer is not: ${absent(cause, evidence)}.`
    case 'blob-size-mismatch':
      return `The file is ${cause}: ${bytes(evidence['measuredSize'])} instead of ${bytes(evidence['claimedSize'])}.`
    case 'blob-digest-mismatch':
      return cause === 'wrong-link'
        ? `The layer link names another blob (${text(evidence['linkNames'])}), which is served instead.`
        : 'The file has the right size, but its bytes do not match its digest.'
    case 'descriptor-mismatch':
      return cause === 'size'
        ? `Its parent claims ${bytes(evidence['claimedSize'])}; the object is intact and has ${bytes(evidence['measuredSize'])}. Some clients refuse it.`
        : `Its index claims ${text(evidence['claimedMediaType'])}; it is ${text(evidence['measuredMediaType'])}. Some clients refuse it.`
    case 'served-as-wrong-type':
      return cause === 'content-length'
        ? 'The registry answers HEAD with Content-Length 0: containerd refuses to pull it.'
        : `The registry serves it ${servedAs(evidence)}, not as a manifest: clients refuse it.`
    case 'masked-by-cache':
      return `On disk, ${lost(cause, evidence)}; the API still claims it, ${evidence['apiServes'] === true ? 'and serves it until the registry restarts or its cache forgets it.' : 'but cannot send it: pulls fail, and pushes skip it.'}`
    case 'not-served-by-api':
      return cause === 'not-served'
        ? 'It is intact on disk, but the API answers that it does not exist.'
        : `It is intact on disk, but the API serves other bytes (${cause}).`
    case 'orphan-layer-link':
      return 'A layer link points to a blob that is gone; no remaining manifest needs it.'
    case 'orphan-revision-link':
      return 'A revision link points to a manifest that is gone; no tag or index needs it.'
    case 'link-invalid':
      if (severity === 'error' && cause !== 'wrong-link')
        return `A revision link holds ${content(evidence)} instead of a digest: pulling by this digest fails with 500.`
      return cause === 'wrong-link'
        ? 'A layer link that nothing needs names another blob: the next push of that layer is skipped, and the pushed image is broken.'
        : `A link that nothing needs holds ${content(evidence)} instead of a digest: it can stop garbage collection.`
    case 'engine-dependent':
      return cause === 'schema1'
        ? 'A schema 1 manifest: distribution 2.8 serves it, 3.x answers 500.'
        : `Its revision link is gone, but a layer link points to it: distribution 2.8 serves it, 3.x answers 404.${tags.length > 0 ? '' : ' No tag reaches it.'}`
    case 'blob-unreferenced':
      return `No manifest names this blob: ${bytes(evidence['bytes'])} that a garbage collection would free.`
    case 'upload-abandoned':
      return `An upload started ${text(evidence['startedAt'])} and never finished: ${bytes(evidence['bytes'])}.`
    case 'crash-debris':
      return `A temporary file left by a crash: ${bytes(evidence['bytes'])}.`
  }
}

const DANGLING: Readonly<Partial<Record<string, (evidence: Evidence) => string>>> = {
  'link-missing': () => 'The tag is listed but has no link: pulling it fails.',
  'link-invalid': (evidence) =>
    `The tag's link holds ${content(evidence)} instead of a digest: pulling it fails with 500.`,
  'revision-link-missing': () =>
    'The tag names a manifest that the repository no longer links: pulling it fails with 404.',
  'revision-link-invalid': (evidence) =>
    `The tag names a manifest whose revision link holds ${content(evidence)} instead of a digest: pulling it fails with 500.`,
  'manifest-missing': (evidence) =>
    `The tag names a manifest that is not served, because ${gone(evidence)}: pulling it fails with 404.`,
  'not-served': (evidence) =>
    evidence['askedFor'] === undefined
      ? 'The tag is listed, but the registry does not serve it.'
      : `There is no such ${neverThere(evidence)}. If it has just been pushed, use a longer --recheck-delay.`,
}

/** What the registry does not know, where nobody listed it. */
function neverThere({ askedFor, repositoryExists }: Evidence): string {
  if (repositoryExists === false) return 'repository, or it has no tags'
  const what = askedFor === 'digest' ? 'manifest' : 'tag'
  return repositoryExists === true ? `${what} in this repository` : `${what}, or no such repository`
}

const MANIFEST: Readonly<Partial<Record<string, (evidence: Evidence) => string>>> = {
  'wrong-link': (evidence) =>
    `The revision link names another manifest (${text(evidence['linkNames'])}), which is served instead.`,
  empty: () => 'The manifest is an empty file: pulling it fails with 500.',
  'digest-mismatch': (evidence) => `The bytes of the manifest hash to ${text(evidence['measuredDigest'])}.`,
  unparsable: (evidence) =>
    evidence['refusedBy'] === 'client'
      ? `The hash is right and the registry serves it, but clients cannot read it: ${text(evidence['refusal'])}.`
      : `The hash is right, but it is not a manifest: ${text(evidence['refusal'])}.`,
  ambiguous: (evidence) =>
    `The document is ambiguous (${text(evidence['refusal'])}): clients disagree on what it is and refuse it.`,
  'media-type-refused': (evidence) =>
    evidence['refusedBy'] === 'client'
      ? `The hash is right and the registry serves it, but clients refuse its media type (${text(evidence['refusal'])}).`
      : `The hash is right, but distribution does not serve its media type (${text(evidence['refusal'])}).`,
  'too-large': (evidence) =>
    evidence['refusedBy'] === 'client'
      ? `The manifest has ${bytes(evidence['measuredSize'])}: the registry serves it, but clients refuse more than 4 MiB.`
      : `The manifest has ${bytes(evidence['measuredSize'])}: distribution answers 500 to more than 4 MiB.`,
}

/** What is gone of a tag or an object, as the end of a sentence. */
function lost(cause: string, evidence: Evidence): string {
  if (cause === 'link-missing') return 'the tag has no link'
  if (cause === 'link-invalid') return `the tag's link holds ${content(evidence)} instead of a digest`
  if (cause === 'manifest-missing') return `the manifest cannot be read, because ${gone(evidence)}`
  return absent(cause, evidence)
}

function absent(cause: string, evidence: Evidence): string {
  switch (cause) {
    case 'revision-link-missing':
      return evidence['revisionDirectory'] === 'empty'
        ? 'its revision link is gone but the directory is still there, as after an API DELETE'
        : 'its revision link is gone'
    case 'revision-link-invalid':
      return `its revision link holds ${content(evidence)} instead of a digest`
    case 'manifest-missing':
      return gone(evidence)
    case 'layer-link-missing':
      return evidence['blobStored'] === true
        ? 'the repository no longer links it, although its bytes are stored'
        : 'the repository does not link it, and its bytes are not stored'
    case 'layer-link-invalid':
      return `its layer link holds ${content(evidence)} instead of a digest`
    case 'blob-missing':
      return evidence['dataIs'] === undefined ? gone(evidence) : `its file is ${text(evidence['dataIs'])}`
    default:
      return 'the registry does not serve it'
  }
}

/** @param evidence `ownPath` is there where the link names another digest than its own */
function gone(evidence: Evidence): string {
  return evidence['ownPath'] === undefined ? 'its bytes are gone' : 'its link names another digest, which is not stored'
}

function servedAs({ contentType, method }: Evidence): string {
  const served = contentType === '' ? 'without a Content-Type' : `as ${text(contentType)}`
  return method === 'HEAD' ? `${served} over HEAD` : served
}

function content(evidence: Evidence): string {
  return evidence['content'] === '""' ? 'nothing' : text(evidence['content'])
}

function text(value: Evidence[string] | undefined): string {
  return value === undefined ? 'something unknown' : String(value)
}

function bytes(value: Evidence[string] | undefined): string {
  return typeof value === 'number' ? `${value} ${value === 1 ? 'byte' : 'bytes'}` : 'what its digest promises'
}
