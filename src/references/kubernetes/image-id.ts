import { type Digest, isDigest } from '../../oci/digest.ts'

/** What a cluster says runs in a container. */
export type ImageId =
  /** Nothing yet: the image is being pulled, or could not be. */
  | { readonly is: 'none' }
  /** The digest of a manifest or of an index in a repository, as a registry has it. */
  | { readonly is: 'repository-digest'; readonly name: string; readonly digest: Digest }
  /** The digest of a manifest or of an index that was imported from a file. Perhaps no registry has it. */
  | { readonly is: 'imported'; readonly digest: Digest }
  /** The digest of a config: never to be compared with that of a manifest. */
  | { readonly is: 'config-digest'; readonly digest: Digest }
  /** The id of a runtime's own store: mostly the digest of the config, but it can be another. That it differs proves nothing. */
  | { readonly is: 'local-id'; readonly digest: Digest }
  | { readonly is: 'unknown'; readonly text: string }

/** Names that `ctr images import` makes from the day, and Docker's for an image whose name was taken from it. */
const IMPORTED = /^(?:(?:docker\.io\/)?library\/)?import-\d{4}-\d{2}-\d{2}$|^<none>$/

/**
 * Reads the `imageID` of a container's status. It depends on the runtime:
 *
 * - containerd: the first repository digest of the image (`name@sha256:…`, of the index if there is one), else the bare
 *   digest of its config (`sha256:…`);
 * - Docker (dockershim, cri-dockerd): the same with `docker-pullable://` before it, else `docker://` and the id of the
 *   image, which is the digest of the config, or of the manifest or index where Docker stores images in containerd;
 * - CRI-O: a repository digest, else the id in containers/storage: 64 hex digits, mostly those of the config.
 *
 * The runtime knows an image by its config. If several repositories or indexes lead to the same config, the repository
 * digest is any of theirs, so it may name another repository than the container asks for.
 *
 * @see core/v1 ContainerStatus.imageID, filled by the kubelet from `image_ref` of the CRI's ContainerStatus
 * @see containerd internal/cri/server/container_status.go; cri-dockerd core/convert.go, `toPullableImageID`; CRI-O
 *   server/container_status.go; kubernetes/kubernetes issues 95968 and 115199
 */
export function parseImageId(text: string): ImageId {
  const { runtime, rest = '' } = /^(?:(?<runtime>[a-z][a-z0-9-]*):\/\/)?(?<rest>.*)$/s.exec(text.trim())?.groups ?? {}
  if (rest === '') return { is: 'none' }
  const at = rest.lastIndexOf('@')
  const digest = rest.slice(at + 1)
  if (at > 0 && isDigest(digest)) return inRepository(rest.slice(0, at), digest)
  if (isDigest(rest)) return { is: runtime === undefined ? 'config-digest' : 'local-id', digest: rest }
  const local = `sha256:${rest}`
  return isDigest(local) ? { is: 'local-id', digest: local } : { is: 'unknown', text }
}

function inRepository(written: string, digest: Digest): ImageId {
  const name = written.replace(/:[^:/]*$/, '')
  return IMPORTED.test(name) ? { is: 'imported', digest } : { is: 'repository-digest', name, digest }
}
