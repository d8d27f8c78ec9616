import { type BlobNode, type ManifestNode, MEDIA_TYPE, manifestsUnder } from '../builders/images.ts'

import type { Push } from '../builders/random-registry.ts'

const ACCEPT = [MEDIA_TYPE.oci.image, MEDIA_TYPE.oci.index, MEDIA_TYPE.docker.image, MEDIA_TYPE.docker.index].join(', ')

/** Ask a server for all that was pushed, by HEAD and by GET, so that its cache has heard of everything that is there. */
export async function warmUp(url: string, pushes: readonly Push[]): Promise<void> {
  const paths = new Set(pushes.flatMap(pathsOf))
  for (const path of paths) await Promise.all([ask(url, path, 'HEAD'), ask(url, path, 'GET')])
}

function pathsOf({ repository, tag, node }: Push): string[] {
  const at = (what: string): string => `/v2/${repository}/${what}`
  const manifests = manifestsUnder(node)
  return [
    ...(tag === undefined ? [] : [at(`manifests/${tag}`)]),
    ...manifests.map(({ descriptor }) => at(`manifests/${descriptor.digest}`)),
    ...manifests.flatMap(blobsOf).map(({ descriptor }) => at(`blobs/${descriptor.digest}`)),
  ]
}

async function ask(url: string, path: string, method: 'GET' | 'HEAD'): Promise<void> {
  const answer = await fetch(`${url}${path}`, { method, headers: { accept: ACCEPT } })
  await answer.arrayBuffer()
}

function blobsOf(node: ManifestNode): readonly BlobNode[] {
  return node.kind === 'image' ? [node.config, ...node.layers] : []
}
