import type { Evidence, Finding } from './finding.ts'

/**
 * What happened, in one sentence that names no repository, tag or digest: whoever shows it stands them beside it.
 * Text from the registry is in it only as it stands in the evidence: escape before printing.
 */
export function messageOf({ code, cause, evidence, tags, severity }: Finding): string {
  switch (code) {
    case 'tag-dangling':
      return DANGLING[cause]?.(evidence) ?? 'The tag is listed and leads nowhere.'
    case 'index-child-missing':
      return `The index is served, and this child of it is not: ${absent(cause, evidence)}.`
    case 'manifest-damaged':
      return MANIFEST[cause]?.(evidence) ?? 'The manifest is not what its digest promises.'
    case 'config-missing':
      return `The manifest is served, and its config is not: ${absent(cause, evidence)}.`
    case 'layer-missing':
      return evidence['namedByIndex'] === true
        ? `The index is served, and this blob that it names is not: ${absent(cause, evidence)}.`
        : `The manifest is served, and this layer of it is not: ${absent(cause, evidence)}.`
    case 'blob-size-mismatch':
      return `The file is ${cause}: ${bytes(evidence['measuredSize'])} instead of ${bytes(evidence['claimedSize'])}.`
    case 'blob-digest-mismatch':
      return cause === 'wrong-link'
        ? `The layer link names another blob (${text(evidence['linkNames'])}), whose bytes are served in its place.`
        : 'The file has the right size and other bytes than its digest promises.'
    case 'descriptor-mismatch':
      return cause === 'size'
        ? `Its parent claims ${bytes(evidence['claimedSize'])}; it is whole and has ${bytes(evidence['measuredSize'])}. Some clients refuse it.`
        : `Its index calls it ${text(evidence['claimedMediaType'])}; it is ${text(evidence['measuredMediaType'])}. Some clients refuse it.`
    case 'served-as-wrong-type':
      return cause === 'content-length'
        ? 'The registry answers HEAD with Content-Length 0: containerd refuses to pull it.'
        : `The registry serves it ${servedAs(evidence)}, not as a manifest: clients refuse it.`
    case 'masked-by-cache':
      return `On disk, ${lost(cause, evidence)}; the API still claims it, ${evidence['apiServes'] === true ? 'and serves it until it is restarted or forgets it.' : 'and cannot send it: a pull fails, and a push skips it.'}`
    case 'not-served-by-api':
      return cause === 'not-served'
        ? 'It is whole on disk, and the API answers that there is no such thing.'
        : `It is whole on disk, and over the API it comes with other bytes (${cause}).`
    case 'orphan-layer-link':
      return 'A layer link leads to a blob that is gone; no manifest that is left needs it.'
    case 'orphan-revision-link':
      return 'A revision link leads to a manifest that is gone; no tag and no index leads to it.'
    case 'link-invalid':
      if (severity === 'error' && cause !== 'wrong-link')
        return `A revision link holds ${content(evidence)} instead of a digest: pulling it by its digest gets 500.`
      return cause === 'wrong-link'
        ? 'A layer link that nothing needs names another blob: the next push of that layer is skipped, and its image is broken.'
        : `A link that nothing needs holds ${content(evidence)} instead of a digest: it can stop garbage collection.`
    case 'engine-dependent':
      return cause === 'schema1'
        ? 'A schema 1 manifest: distribution 2.8 serves it, 3.x answers 500.'
        : `Its revision link is gone, and a layer link leads to it: distribution 2.8 serves it, 3.x answers 404.${tags.length > 0 ? '' : ' No tag reaches it.'}`
    case 'blob-unreferenced':
      return `No manifest names this blob: ${bytes(evidence['bytes'])} that a garbage collection would free.`
    case 'upload-abandoned':
      return `An upload begun ${text(evidence['startedAt'])} and never finished: ${bytes(evidence['bytes'])}.`
    case 'crash-debris':
      return `A temporary file that a crash left behind: ${bytes(evidence['bytes'])}.`
  }
}

const DANGLING: Readonly<Partial<Record<string, (evidence: Evidence) => string>>> = {
  'link-missing': () => 'The tag is listed, and it has no link: pulling it fails.',
  'link-invalid': (evidence) => `The tag's link holds ${content(evidence)} instead of a digest: pulling it gets 500.`,
  'revision-link-missing': () => 'The tag names a manifest that the repository no longer links: pulling it gets 404.',
  'revision-link-invalid': (evidence) =>
    `The tag names a manifest whose revision link holds ${content(evidence)} instead of a digest: pulling it gets 500.`,
  'manifest-missing': (evidence) =>
    `The tag names a manifest that is not served, because ${gone(evidence)}: pulling it gets 404.`,
  'not-served': (evidence) =>
    evidence['askedFor'] === undefined
      ? 'The tag is listed, and the registry does not serve it.'
      : `There is no such ${neverThere(evidence)}. If it was pushed just now, wait for it with a longer --recheck-delay.`,
}

/** What the registry does not know, where nobody listed it. */
function neverThere({ askedFor, repositoryExists }: Evidence): string {
  if (repositoryExists === false) return 'repository, or it has no tags'
  const what = askedFor === 'digest' ? 'manifest' : 'tag'
  return repositoryExists === true ? `${what} in this repository` : `${what}, or no such repository`
}

const MANIFEST: Readonly<Partial<Record<string, (evidence: Evidence) => string>>> = {
  'wrong-link': (evidence) =>
    `The revision link names another manifest (${text(evidence['linkNames'])}), which is served in its place.`,
  empty: () => 'The manifest is an empty file: pulling it gets 500.',
  'digest-mismatch': (evidence) => `The bytes of the manifest hash to ${text(evidence['measuredDigest'])}.`,
  unparsable: (evidence) =>
    evidence['refusedBy'] === 'client'
      ? `The hash is right and the registry serves it, and clients cannot read it: ${text(evidence['refusal'])}.`
      : `The hash is right, and it is no manifest: ${text(evidence['refusal'])}.`,
  ambiguous: (evidence) =>
    `The document is two things at once (${text(evidence['refusal'])}): clients disagree on what it is, and refuse it.`,
  'media-type-refused': (evidence) =>
    evidence['refusedBy'] === 'client'
      ? `The hash is right and the registry serves it, and it has a media type that clients refuse (${text(evidence['refusal'])}).`
      : `The hash is right, and its media type (${text(evidence['refusal'])}) is one that distribution does not serve.`,
  'too-large': (evidence) =>
    evidence['refusedBy'] === 'client'
      ? `The manifest has ${bytes(evidence['measuredSize'])}: the registry serves it, and clients refuse more than 4 MiB.`
      : `The manifest has ${bytes(evidence['measuredSize'])}: distribution answers 500 to more than 4 MiB.`,
}

/** What is gone of a tag or an object, as the end of a sentence. */
function lost(cause: string, evidence: Evidence): string {
  if (cause === 'link-missing') return 'the tag has no link'
  if (cause === 'link-invalid') return `the tag's link holds ${content(evidence)} instead of a digest`
  if (cause === 'manifest-missing') return `the manifest cannot be had, because ${gone(evidence)}`
  return absent(cause, evidence)
}

function absent(cause: string, evidence: Evidence): string {
  switch (cause) {
    case 'revision-link-missing':
      return evidence['revisionDirectory'] === 'empty'
        ? 'its revision link is gone and the directory is left, as after an API DELETE'
        : 'its revision link is gone'
    case 'revision-link-invalid':
      return `its revision link holds ${content(evidence)} instead of a digest`
    case 'manifest-missing':
      return gone(evidence)
    case 'layer-link-missing':
      return evidence['blobStored'] === true
        ? 'the repository no longer links it, though its bytes are stored'
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
