/** The causes that each code can have. Its page, `docs/findings/<code>.md`, explains each of them. */
export interface CausesByCode {
  'tag-dangling': 'link-missing' | 'link-invalid' | LostManifest | 'not-served'
  'index-child-missing': LostManifest | 'not-served'
  'manifest-damaged':
    | 'wrong-link'
    | 'empty'
    | 'digest-mismatch'
    | 'unparsable'
    | 'ambiguous'
    | 'media-type-refused'
    | 'too-large'
  'config-missing': LostBlob | 'not-served'
  'layer-missing': LostBlob | 'not-served'
  'blob-size-mismatch': 'empty' | 'truncated' | 'extended'
  'blob-digest-mismatch': 'wrong-link' | 'altered'
  'descriptor-mismatch': 'size' | 'media-type'
  'served-as-wrong-type': 'content-type' | 'content-length'
  'masked-by-cache': 'link-missing' | 'link-invalid' | LostManifest | LostBlob
  'not-served-by-api': 'not-served' | 'empty' | 'digest-mismatch' | 'truncated' | 'extended' | 'altered'
  'orphan-layer-link': 'blob-missing'
  'orphan-revision-link': 'manifest-missing'
  'link-invalid': 'revision-link-invalid' | 'layer-link-invalid' | 'wrong-link'
  'engine-dependent': 'schema1' | 'manifest-linked-as-layer'
  'blob-unreferenced': 'unreferenced'
  'upload-abandoned': 'expired'
  'crash-debris': 'temporary-file'
  'gc-would-abort':
    | 'repositories-missing'
    | 'blobs-missing'
    | 'repository-name-invalid'
    | 'layers-missing'
    | 'tags-missing'
    | 'revision-link-invalid'
    | 'layer-link-invalid'
    | 'tag-link-invalid'
    /** A file in `tags/`, such as `.DS_Store`, or in place of `current`. */
    | 'file-in-tags'
    /** A file where the engine expects a directory. */
    | 'not-a-directory'
    /** Empty, cut short or otherwise not decodable. */
    | 'manifest-undecodable'
    /** Schema 1 or another kind that this engine does not read. */
    | 'manifest-unsupported'
    /** A `data` file that is at no blob's place, such as in a copy of a blob's directory. */
    | 'stray-data'
    /** Two revision links name one digest, or one names a digest without a directory: the second deletion finds nothing. */
    | 'revision-deleted-twice'
    /** A blob that is only found at a wrong place: its deletion finds nothing at the right one. */
    | 'blob-not-at-its-place'
    /** A link of another algorithm beside its own, such as sha512: the second deletion finds nothing. */
    | 'layer-link-deleted-twice'
  'gc-would-break': 'revision-deleted' | 'blob-deleted' | 'layer-link-deleted'
  'image-unpullable': 'not-found' | 'damaged' | 'partly-damaged' | 'blocked'
  'platform-missing': 'not-in-image'
  'running-image-gone': 'not-served' | 'damaged' | 'config-not-served'
  'image-moved': 'another-digest' | 'another-config'
  'image-unpinned': 'latest' | 'floating-tag'
}

type LostManifest = 'revision-link-missing' | 'revision-link-invalid' | 'manifest-missing'
type LostBlob = 'layer-link-missing' | 'layer-link-invalid' | 'blob-missing'

/** Every code that a source can report today. */
export type FindingCode = keyof CausesByCode

/** Codes about what is deployed. */
export type UseCode = 'image-unpullable' | 'platform-missing' | 'running-image-gone' | 'image-moved' | 'image-unpinned'

/** Codes about a garbage collection that has not run. */
export type ForecastCode = 'gc-would-abort' | 'gc-would-break'

/** The causes of one code. */
export type CauseOf<C extends FindingCode> = CausesByCode[C]

/** The cause of any code. */
export type FindingCause = CauseOf<FindingCode>

/** `error`: a pull fails. `warning`: no pull of a tag fails. `notice`: only space. */
export type Severity = 'error' | 'warning' | 'notice'

/** Garbage, by the names that the metrics use. */
export type GarbageKind =
  | 'layer_link_orphan'
  | 'revision_link_orphan'
  | 'blob_unreferenced'
  | 'upload_abandoned'
  | 'crash_debris'
