import { join } from 'node:path'

/** Where the distribution layout keeps things; written from the registry's documentation, not from the scanner's code. */
export interface StoragePaths {
  readonly base: string
  readonly blobs: string
  readonly repositories: string
  repository(name: string): string
  data(digest: string): string
  layerLink(name: string, digest: string): string
  revisionLink(name: string, digest: string): string
  tag(name: string, tag: string): string
  tagLink(name: string, tag: string): string
}

export function storagePaths(root: string): StoragePaths {
  const base = join(root, 'docker', 'registry', 'v2')
  const blobs = join(base, 'blobs')
  const repositories = join(base, 'repositories')
  const repository = (name: string) => join(repositories, name)
  const tag = (name: string, tagName: string) => join(repository(name), '_manifests', 'tags', tagName)
  return {
    base,
    blobs,
    repositories,
    repository,
    data: (digest) => join(blobs, algorithmOf(digest), hexOf(digest).slice(0, 2), hexOf(digest), 'data'),
    layerLink: (name, digest) => join(repository(name), '_layers', algorithmOf(digest), hexOf(digest), 'link'),
    revisionLink: (name, digest) =>
      join(repository(name), '_manifests', 'revisions', algorithmOf(digest), hexOf(digest), 'link'),
    tag,
    tagLink: (name, tagName) => join(tag(name, tagName), 'current', 'link'),
  }
}

function algorithmOf(digest: string): string {
  return digest.slice(0, digest.indexOf(':'))
}

function hexOf(digest: string): string {
  return digest.slice(digest.indexOf(':') + 1)
}
