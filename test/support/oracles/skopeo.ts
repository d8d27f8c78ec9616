import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ManifestNode } from '../builders/images.ts'
import type { History } from '../builders/random-history.ts'
import { type TaggedPush, taggedBy } from '../builders/random-registry.ts'

/** What the client that people really use made of one tag. */
export interface SkopeoResult {
  readonly repository: string
  readonly tag: string
  readonly copied: boolean
  /** Its complaint. */
  readonly said: string
}

/**
 * Have skopeo copy one tag with everything under it, out of those that it could copy when they were pushed.
 *
 * @param listed the tags that the registry still lists, by repository
 * @returns `undefined` where there is no such tag
 */
export async function copyBySkopeo(
  host: string,
  history: History,
  listed: Readonly<Record<string, readonly string[]>>,
): Promise<SkopeoResult | undefined> {
  const able = taggedBy(history.pushes).filter(({ repository, tag, node }) => {
    return isWithinItsMeans(node) && listed[repository]?.includes(tag)
  })
  const asked = able[history.seed % able.length]
  return asked && copy(host, asked)
}

/** It takes no index inside an index, fetches foreign layers itself, and cannot write sha512 names into a directory. */
function isWithinItsMeans(node: ManifestNode): boolean {
  if (node.kind === 'index') return node.children.every((child) => child.kind === 'image' && isWithinItsMeans(child))
  return node.layers.every(({ absent, descriptor }) => !absent && descriptor.digest.startsWith('sha256:'))
}

async function copy(host: string, { repository, tag }: TaggedPush): Promise<SkopeoResult> {
  const directory = await mkdtemp(join(tmpdir(), 'regfsck-skopeo-'))
  const images = [`docker://${host}/${repository}:${tag}`, `dir:${directory}`]
  const flags = ['--insecure-policy', 'copy', '--quiet', '--all', '--src-tls-verify=false']
  try {
    return await new Promise((resolve) => {
      execFile('skopeo', [...flags, ...images], (error, _, said) => {
        resolve({ repository, tag, copied: error === null, said })
      })
    })
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
