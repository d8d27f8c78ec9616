import { createHash } from 'node:crypto'
import { closeSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { configBytes, manifestBytes, type Stored } from './image.ts'
import { type Layout, layoutAt, type Written } from './layout.ts'
import { noiseSource } from './noise.ts'
import type { Expected } from './tree.ts'

export const GIBIBYTE = 2 ** 30
const SMALLEST = 2 ** 10
const LARGEST = 2 ** 28
const CHUNK = 2 ** 22
const REPOSITORIES = 5
const TAGS = 5

/**
 * Write a whole and healthy registry whose layers add up to exactly `total` bytes, the same bytes each time.
 *
 * Five repositories of five single-platform images; one layer of some 12 MiB is the base of them all, linked in every
 * repository and stored once.
 *
 * @param total at least a gibibyte
 */
export function writeContent(root: string, total: number): Written {
  const layout = layoutAt(root)
  const layers = sizesOf(total).map((size, index) => writeLayer(layout, { root, seed: `layer ${index}`, size }))
  const base = layers.splice(Math.floor(layers.length * 0.75), 1)
  for (let index = 0; index < REPOSITORIES; index++) {
    const repository = layout.repository(`images-${index}`)
    for (const { digest } of base) repository.layer(digest)
    for (let tag = 0; tag < TAGS; tag++) {
      const turn = tag * REPOSITORIES + index
      const own = layers.filter((_, layer) => layer % (REPOSITORIES * TAGS) === turn)
      const config = layout.blob(configBytes(`images-${index}:${tag}`, 'amd64', [...base, ...own]))
      for (const { digest } of [...own, config]) repository.layer(digest)
      const manifest = layout.blob(manifestBytes(config, [...base, ...own]))
      repository.revision(manifest.digest)
      repository.tag(`1.${tag}.0`, manifest.digest)
    }
  }
  return layout.written
}

/** What a complete scan of it must count. */
export function contentCensus(total: number): Expected {
  const tags = REPOSITORIES * TAGS
  const blobs = sizesOf(total).length - 1 + REPOSITORIES + tags
  return { repositories: REPOSITORIES, tags, manifests: tags, blobs }
}

/** From 1 KiB to 256 MiB in even steps of the logarithm: as many layers below half a mebibyte as above. */
function sizesOf(total: number): number[] {
  const mean = (LARGEST - SMALLEST) / Math.log(LARGEST / SMALLEST)
  const count = Math.round(total / mean)
  const spread = Array.from({ length: count }, (_, index) => SMALLEST * (LARGEST / SMALLEST) ** ((index + 0.5) / count))
  const scale = total / spread.reduce((sum, size) => sum + size, 0)
  const sizes = spread.map((size) => Math.floor(size * scale))
  const missing = total - sizes.reduce((sum, size) => sum + size, 0)
  return sizes.map((size, index) => (index === count - 1 ? size + missing : size))
}

/** In pieces, since a layer may be larger than is good to hold; its name is known only at its end. */
function writeLayer(layout: Layout, { root, seed, size }: { root: string; seed: string; size: number }): Stored {
  const incoming = join(root, 'incoming')
  const file = openSync(incoming, 'wx')
  const hash = createHash('sha256')
  const next = noiseSource(seed)
  for (let left = size; left > 0; left -= CHUNK) {
    const chunk = next(Math.min(left, CHUNK))
    hash.update(chunk)
    writeFileSync(file, chunk)
  }
  closeSync(file)
  const hex = hash.digest('hex')
  layout.adopt(incoming, hex)
  return { digest: `sha256:${hex}`, size }
}
