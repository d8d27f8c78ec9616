import { configBytes, type Descriptor, indexBytes, MANIFEST, manifestBytes, type Stored } from './image.ts'
import { type Layout, layoutAt, type Repository, type Written } from './layout.ts'
import { noise } from './noise.ts'

export interface Shape {
  readonly repositories: number
  readonly tags: number
}

/** What a complete scan must count. Layers and configs count once per repository, as in a report. */
export interface Expected {
  readonly repositories: number
  readonly tags: number
  readonly manifests: number
  readonly blobs: number
}

export interface Census extends Expected {
  readonly storedBlobs: number
  readonly files: number
}

/** The tree that the goals are measured on: 30,000 manifests, 90,030 stored blobs, 200,630 files. */
export const REFERENCE: Shape = { repositories: 200, tags: 50 }

const PLATFORMS = ['amd64', 'arm64'] as const
const BASES = 10
const LAYERS_OF_A_BASE = 3
const OWN_LAYERS = 2

/** A base image: a root file system per platform and a layer that both share. */
type Base = Readonly<Record<(typeof PLATFORMS)[number] | 'common', Stored>>

/**
 * Write a whole and healthy registry under `root`, the same bytes each time.
 *
 * Each tag is an index of two images. An image has a config and two layers of its own, on one of ten bases, whose
 * three layers every repository on that base links and the store keeps once. Layers are tiny: a scan at depth `blobs`
 * never reads them, and the tree has to fit on a laptop.
 */
export function writeTree(root: string, shape: Shape): Written {
  const layout = layoutAt(root)
  const bases = Array.from({ length: basesOf(shape) }, (_, index) => writeBase(layout, index))
  for (let index = 0; index < shape.repositories; index++) {
    const base = bases[index % bases.length]
    if (base !== undefined) writeRepository(layout, repositoryName(index), { base, tags: shape.tags })
  }
  return layout.written
}

/** Counted from the shape alone, so that it can be held against what was written and against what a scan saw. */
export function census(shape: Shape): Census {
  const tags = shape.repositories * shape.tags
  const images = tags * PLATFORMS.length
  const manifests = tags + images
  const own = images * (1 + OWN_LAYERS)
  const layerLinks = own + shape.repositories * LAYERS_OF_A_BASE
  const storedBlobs = manifests + own + basesOf(shape) * LAYERS_OF_A_BASE
  const files = storedBlobs + manifests + layerLinks + 2 * tags
  return { repositories: shape.repositories, tags, manifests, blobs: layerLinks, storedBlobs, files }
}

function basesOf({ repositories }: Shape): number {
  return Math.min(BASES, repositories)
}

/** Twenty to a group, so that names nest as they do in a company. */
export function repositoryName(index: number): string {
  return `group-${Math.floor(index / 20)}/service-${index}`
}

export function tagName(index: number): string {
  return `1.${index}.0`
}

function writeBase(layout: Layout, index: number): Base {
  const layer = (part: string) => layout.blob(noise(`base ${index} ${part}`, 600))
  return { common: layer('common'), amd64: layer('amd64'), arm64: layer('arm64') }
}

function writeRepository(layout: Layout, name: string, { base, tags }: { base: Base; tags: number }): void {
  const repository = layout.repository(name)
  for (const { digest } of Object.values(base)) repository.layer(digest)
  for (let tag = 0; tag < tags; tag++) {
    const version = tagName(tag)
    const title = `${name}:${version}`
    const images = PLATFORMS.map((architecture) => writeImage(layout, repository, { title, architecture, base }))
    const index = layout.blob(indexBytes(images))
    repository.revision(index.digest)
    repository.tag(version, index.digest)
  }
}

interface Build {
  readonly title: string
  readonly architecture: (typeof PLATFORMS)[number]
  readonly base: Base
}

function writeImage(layout: Layout, repository: Repository, { title, architecture, base }: Build): Descriptor {
  const own = Array.from({ length: OWN_LAYERS }, (_, index) =>
    layout.blob(noise(`${title} ${architecture} ${index}`, 64)),
  )
  const layers = [base[architecture], base.common, ...own]
  const config = layout.blob(configBytes(title, architecture, layers))
  for (const { digest } of [...own, config]) repository.layer(digest)
  const manifest = layout.blob(manifestBytes(config, layers))
  repository.revision(manifest.digest)
  return { mediaType: MANIFEST, ...manifest, platform: { architecture, os: 'linux' } }
}
