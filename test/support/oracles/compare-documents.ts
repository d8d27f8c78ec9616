import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pLimit from 'p-limit'
import { storeManifest } from '../builders/faults/damage-files.ts'
import { storeImage } from '../builders/faults/storage-places.ts'
import { digestOf } from '../builders/images.ts'
import { type OddDocument, oddScene } from '../builders/odd-documents.ts'
import { storagePaths } from '../builders/storage-paths.ts'
import { regfsck } from '../command/run.ts'
import { builtScan } from '../command/scan-built.ts'
import { withRegistry } from '../servers/registry.ts'

/** What everybody makes of one document under a tag of its own. */
export interface ComparedDocument {
  readonly tag: string
  readonly done: readonly string[]
  /** The status of a GET; 0 where the registry drops the connection. */
  readonly served: number
  readonly copied: boolean
  /** The verdicts of a scan of the storage and of one over the API. */
  readonly onDisk: string
  readonly overApi: string
  readonly proved: boolean
  /** What the scan of the storage found. */
  readonly found: string
  /** What skopeo complained of. */
  readonly said: string
}

const ACCEPT = ['oci.image.index', 'oci.image.manifest']
  .map((type) => `application/vnd.${type}.v1+json`)
  .concat(['list.v2+json', 'v2+json'].map((type) => `application/vnd.docker.distribution.manifest.${type}`))
  .join(', ')
/** Each tag costs one process of skopeo. */
const AT_ONE_TIME = 4
const AT_ONE_CHECK = 100

/** Plant documents as tags of one repository of a real registry, and ask everybody about them. */
export async function compareDocuments(documents: readonly OddDocument[]): Promise<readonly ComparedDocument[]> {
  const root = mkdtempSync(join(tmpdir(), 'regfsck-documents-'))
  try {
    const at = storagePaths(root)
    for (const [n, node] of oddScene.whole.entries()) storeImage(at, 'odd/app', node, `whole-${n}`)
    const tags = documents.map(({ bytes, done }, n) => ({ tag: `n${n}`, bytes, done }))
    for (const { tag, bytes } of tags) storeManifest(at, 'odd/app', bytes, tag)
    const onDisk = await builtScan(root, 'blobs')
    return await withRegistry({ root }, async ({ url, host }) => {
      const overApi = await builtScan(url, 'blobs')
      const proved = await provedAmong(
        host,
        tags.map(({ tag }) => tag),
      )
      const limit = pLimit(AT_ONE_TIME)
      const asked = tags.map(({ tag, done, bytes }) =>
        limit(async (): Promise<ComparedDocument> => {
          const served = await statusOf(`${url}/v2/odd/app/manifests/${tag}`)
          const { copied, said } = served === 200 ? await copy(host, tag) : { copied: false, said: '' }
          const verdict = (scan: typeof onDisk) => scan.tags.find((each) => each.tag === tag)?.verdict ?? 'not listed'
          const findings = onDisk.findings.filter((finding) => finding.tags.includes(tag))
          return {
            tag,
            done,
            served,
            copied,
            onDisk: verdict(onDisk),
            overApi: verdict(overApi),
            proved: proved.has(digestOf(bytes)),
            found: JSON.stringify(findings),
            said,
          }
        }),
      )
      return Promise.all(asked)
    })
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

/**
 * Where we and the others differ. What the registry does not serve cannot be judged over the API, so there it is enough
 * that the tag is not called intact.
 */
export function disagreementsAmong(results: readonly ComparedDocument[]): readonly ComparedDocument[] {
  return results.filter((result) => {
    const { copied, onDisk, overApi, proved, served } = result
    const isWhole = served === 200 && copied && !isBeyondSkopeo(result)
    return (onDisk === 'intact') !== isWhole || (overApi === 'intact') !== isWhole || proved !== isWhole
  })
}

/** An image that names no config is copied to a directory, and nothing can run it: containerd, docker and podman refuse. */
function isBeyondSkopeo({ copied, found }: ComparedDocument): boolean {
  return copied && /"refusal":"config(?: is not an object|\.digest is not a digest)"/.test(found)
}

/** The digests that `check` vouches for. */
async function provedAmong(host: string, tags: readonly string[]): Promise<ReadonlySet<string>> {
  const proved = new Set<string>()
  for (let n = 0; n < tags.length; n += AT_ONE_CHECK) {
    const names = tags.slice(n, n + AT_ONE_CHECK).map((tag) => `http://${host}/odd/app:${tag}`)
    const { stdout } = await regfsck(['check', '--recheck-delay', '0s', ...names])
    for (const [digest] of stdout.matchAll(/sha256:[0-9a-f]{64}/g)) proved.add(digest)
  }
  return proved
}

async function statusOf(url: string): Promise<number> {
  try {
    const answer = await fetch(url, { headers: { accept: ACCEPT } })
    await answer.arrayBuffer()
    return answer.status
  } catch {
    return 0
  }
}

async function copy(host: string, tag: string): Promise<{ readonly copied: boolean; readonly said: string }> {
  const directory = mkdtempSync(join(tmpdir(), 'regfsck-copied-'))
  const images = [`docker://${host}/odd/app:${tag}`, `dir:${directory}`]
  const flags = ['--insecure-policy', 'copy', '--quiet', '--all', '--src-tls-verify=false']
  try {
    return await new Promise((resolve) => {
      execFile('skopeo', [...flags, ...images], (error, _, said) => resolve({ copied: error === null, said }))
    })
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
