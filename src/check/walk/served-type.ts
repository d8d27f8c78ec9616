import type { Digest } from '../../oci/digest.ts'
import { effectiveMediaType, type Manifest } from '../../oci/manifest.ts'
import { isImageType, isIndexType, mediaTypeIn, OCI_ARTIFACT, OCI_MANIFEST } from '../../oci/media-type.ts'
import type { Evidence } from '../findings/evidence.ts'
import type { ServedLabels } from '../ports.ts'
import type { ManifestFact, Mislabelled } from './graph.ts'

/**
 * What is wrong with the headers of a manifest, if clients refuse it for that. Schema 1 is exempt: clients treat a
 * response without a manifest type as schema 1.
 *
 * @see containers/image, `manifest.NormalizedMIMEType`: any other type is schema 1, and then "unsupported schema version"
 * @see containerd, `dockerResolver.Resolve` and `remotes.Fetch`: type and size are those of HEAD; a size of 0 is an error
 */
export function mislabelledBy({ contentType, head }: ServedLabels, manifest: Manifest): Mislabelled | undefined {
  if (manifest.is === 'schema1') return undefined
  const due = effectiveMediaType(manifest)
  const wrong = (
    cause: Mislabelled['cause'],
    method: 'GET' | 'HEAD',
    type: string | undefined,
    more: Evidence = {},
  ) => ({
    cause,
    mediaType: mediaTypeIn(type),
    evidence: { method, contentType: type ?? '', mediaType: due, ...more },
  })
  if (!isServedType(contentType, manifest)) return wrong('content-type', 'GET', contentType)
  if (head === undefined) return undefined
  if (Number(head.contentLength) === 0) return wrong('content-length', 'HEAD', head.contentType, { contentLength: 0 })
  return isServedType(head.contentType, manifest) ? undefined : wrong('content-type', 'HEAD', head.contentType)
}

/**
 * Whether clients accept the type: that of the document, or another of the same kind. They accept a Docker image as an OCI
 * image, and either kind of index as the other.
 */
function isServedType(contentType: string | undefined, manifest: Manifest): boolean {
  const type = mediaTypeIn(contentType)
  if (type === mediaTypeIn(effectiveMediaType(manifest))) return true
  if (isIndexType(type)) return manifest.is === 'index'
  if (type === OCI_MANIFEST) return manifest.is === 'image'
  if (isImageType(type)) return manifest.is === 'image' && manifest.mediaType !== OCI_MANIFEST
  return type === OCI_ARTIFACT
}

/** Clears a wrong type if an index claims that type for the manifest. */
export function acceptClaimedTypes(manifests: Map<Digest, ManifestFact>): void {
  const facts = [...manifests.values()]
  if (!facts.some((fact) => fact.is === 'read' && fact.mislabelled !== undefined)) return
  for (const index of facts) {
    if (index.is !== 'read' || index.manifest.is !== 'index') continue
    for (const { digest, mediaType } of index.manifest.children) {
      const fact = manifests.get(digest)
      if (fact?.is !== 'read' || fact.mislabelled?.cause !== 'content-type') continue
      if (mediaType === '' || mediaTypeIn(mediaType) !== fact.mislabelled.mediaType) continue
      manifests.set(digest, { ...fact, mislabelled: undefined })
    }
  }
}
