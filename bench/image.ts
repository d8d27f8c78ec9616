/** What a manifest says about a blob. Sizes are bytes. */
export interface Descriptor {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
  readonly platform?: { readonly architecture: string; readonly os: 'linux' }
}

/** A stored blob, before anyone has said what it is. */
export type Stored = Pick<Descriptor, 'digest' | 'size'>

const CONFIG = 'application/vnd.oci.image.config.v1+json'
const LAYER = 'application/vnd.oci.image.layer.v1.tar'
export const MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
const INDEX = 'application/vnd.oci.image.index.v1+json'

/**
 * An image config as builders write them, about a kilobyte. `title` makes it one of its kind.
 *
 * The layers are not compressed, so their digests are their diff ids too.
 */
export function configBytes(title: string, architecture: string, layers: readonly Stored[]): Buffer {
  const created = '2026-01-01T00:00:00Z'
  return json({
    created,
    architecture,
    os: 'linux',
    config: {
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      Entrypoint: ['/usr/local/bin/serve'],
      WorkingDir: '/srv',
      Labels: { 'org.opencontainers.image.title': title },
    },
    rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
    history: layers.map((_, step) => ({ created, created_by: `COPY step-${step} / # buildkit` })),
  })
}

export function manifestBytes(config: Stored, layers: readonly Stored[]): Buffer {
  return json({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: { mediaType: CONFIG, ...config },
    layers: layers.map((layer) => ({ mediaType: LAYER, ...layer })),
  })
}

export function indexBytes(manifests: readonly Descriptor[]): Buffer {
  return json({ schemaVersion: 2, mediaType: INDEX, manifests })
}

/** Indented by two, as buildkit stores it. */
function json(document: object): Buffer {
  return Buffer.from(JSON.stringify(document, null, 2))
}
