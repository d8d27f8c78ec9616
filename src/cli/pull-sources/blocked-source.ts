import type { Finding } from '../../check/findings/finding.ts'
import type { RepositoryReport } from '../../check/records.ts'
import type { Source } from '../../check/source.ts'
import { isDigest } from '../../oci/digest.ts'
import type { Reference } from '../../oci/reference.ts'

const NONE = { intact: 0, damaged: 0, unchecked: 0, skipped: 0 }
const NO_TAGS = { intact: 0, degraded: 0, unpullable: 0, unchecked: 0 }

/** An image that the runtime refuses to pull. No registry is asked: whatever it has, the image cannot be pulled. */
export class BlockedSource implements Source {
  readonly target: string
  readonly registry: string
  readonly kind: Source['kind'] = 'api'
  readonly width: number = 1
  readonly #image: Pick<Reference, 'repository' | 'wanted'>
  readonly #by: string
  readonly #usedBy: readonly string[]

  /** @param by what refuses, with its place */
  constructor(
    image: Reference,
    { by, registry, usedBy }: { readonly by: string; readonly registry: string; readonly usedBy: readonly string[] },
  ) {
    this.target = image.origin
    this.registry = registry
    this.#image = image
    this.#by = by
    this.#usedBy = usedBy
  }

  async *repositories(): AsyncGenerator<string> {
    yield this.#image.repository
  }

  async check(): Promise<RepositoryReport> {
    const { repository, wanted } = this.#image
    return {
      repository,
      tags: [{ repository, tag: wanted, digest: undefined, verdict: 'unpullable' }],
      tagTotals: { ...NO_TAGS, unpullable: 1 },
      manifests: NONE,
      blobs: NONE,
      manifestsNotReproved: 0,
      coverage: {
        checked: { indexes: 0, manifests: 0, configs: 0, layers: 0, layerLinks: 0 },
        manifestBytes: 0,
        blobBytes: 0,
      },
      findings: [this.#finding()],
      unchecked: [],
    }
  }

  #finding(): Finding {
    const { repository, wanted } = this.#image
    return {
      code: 'image-unpullable',
      cause: 'blocked',
      severity: 'error',
      repository,
      ...(isDigest(wanted) ? { digest: wanted } : { tag: wanted }),
      tags: [wanted],
      parents: [],
      platforms: [],
      evidence: { usedBy: this.#usedBy, because: [], blockedBy: this.#by },
    }
  }

  async settle(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
    return new Map()
  }

  async close(): Promise<void> {
    return
  }
}
