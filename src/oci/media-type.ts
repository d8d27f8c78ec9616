const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json'
const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json'
/** An OCI image. */
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
/** An OCI index. */
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json'
/** From a release candidate of image-spec 1.1. Some registries serve it, distribution does not. */
export const OCI_ARTIFACT = 'application/vnd.oci.artifact.manifest.v1+json'
const SCHEMA1 = 'application/vnd.docker.distribution.manifest.v1+json'
/** A signed Docker manifest, schema 1. */
export const SCHEMA1_SIGNED = 'application/vnd.docker.distribution.manifest.v1+prettyjws'

const IMAGES = new Set([DOCKER_MANIFEST, OCI_MANIFEST])
const INDEXES = new Set([DOCKER_LIST, OCI_INDEX])
const SCHEMA1S = new Set([SCHEMA1, SCHEMA1_SIGNED])
const IMAGE_CONFIGS = new Set([
  'application/vnd.docker.container.image.v1+json',
  'application/vnd.oci.image.config.v1+json',
])
/** The `Accept` header for manifests. Always all types: an older server answers 404 for a type that is not accepted. */
export const MANIFEST_TYPES: readonly string[] = [OCI_INDEX, OCI_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST, OCI_ARTIFACT]
const FOREIGN_LAYER =
  /^application\/vnd\.(?:docker\.image\.rootfs\.foreign\.diff\.tar(?:\.gzip)?|oci\.image\.layer\.nondistributable\.v1\.tar(?:\+\w+)?)$/

/** Whether a manifest of this type is an image. */
export function isImageType(mediaType: string): boolean {
  return IMAGES.has(mediaType)
}

/** Whether a manifest of this type is an index. */
export function isIndexType(mediaType: string): boolean {
  return INDEXES.has(mediaType)
}

/** Whether a type is one of Docker's rather than of the OCI. */
export function isDockerType(mediaType: string): boolean {
  return mediaType === DOCKER_MANIFEST || mediaType === DOCKER_LIST
}

/** Whether a descriptor of this type points to a manifest that regfsck can read. */
export function isManifestType(mediaType: string): boolean {
  return isImageType(mediaType) || isIndexType(mediaType) || SCHEMA1S.has(mediaType)
}

/** The media type in a `Content-Type`, as clients compare it: without parameters; empty if there is none. */
export function mediaTypeIn(contentType: string | undefined): string {
  return (contentType ?? '').split(';', 1).join('').trim().toLowerCase()
}

/** Whether a config of this type belongs to an image that can be run, not to an artifact. */
export function isImageConfigType(mediaType: string): boolean {
  return IMAGE_CONFIGS.has(mediaType)
}

/** Whether a layer of this type may be missing from the registry: clients fetch it from other URLs. */
export function isForeignLayerType(mediaType: string): boolean {
  return FOREIGN_LAYER.test(mediaType)
}

/** Whether a descriptor of this type points to a layer or a config, even in an index, as in BuildKit's caches. */
export function isBlobType(mediaType: string): boolean {
  return isImageConfigType(mediaType) || LAYER_OR_CACHE.test(mediaType)
}

/** @see image-spec v1.1.1, layer.md; BuildKit, `cache/remotecache/v1`, for the config of a cache */
const LAYER_OR_CACHE =
  /^application\/vnd\.(?:oci\.image\.layer\.(?:nondistributable\.)?v1\.tar|docker\.image\.rootfs\.(?:foreign\.)?diff\.tar|buildkit\.cacheconfig\.v\d+$)/
