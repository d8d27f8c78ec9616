import { everyTag } from './plain-walker.ts'

const ACCEPT = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ')

/**
 * Everything that a client reaches that follows each tag down, as `repository@digest`, sorted. It shares no code with the
 * command, and knows nothing of storage.
 *
 * @param untagged manifests by repository that no tag names: followed if their subject is reached
 */
export async function reachedByClient(
  url: string,
  untagged: Readonly<Record<string, readonly string[]>> = {},
): Promise<readonly string[]> {
  const all: string[] = []
  for (const [repository, tags] of Object.entries(await everyTag(url))) {
    const reached = new Set<string>()
    for (const tag of tags) await follow(`${url}/v2/${repository}`, tag, reached)
    const waiting = new Set(untagged[repository] ?? [])
    for (let size = -1; size !== reached.size; ) {
      size = reached.size
      for (const digest of waiting)
        if (reached.has(await subjectOf(`${url}/v2/${repository}`, digest)))
          await follow(`${url}/v2/${repository}`, digest, reached)
    }
    all.push(...[...reached].map((digest) => `${repository}@${digest}`))
  }
  return all.sort()
}

interface Fetched {
  readonly config?: { readonly digest: string }
  readonly layers?: readonly { readonly digest: string }[]
  readonly manifests?: readonly { readonly digest: string }[]
  readonly subject?: { readonly digest: string }
}

async function follow(at: string, reference: string, reached: Set<string>): Promise<void> {
  if (reached.has(reference)) return
  const { digest, document } = await fetched(at, reference)
  reached.add(digest)
  for (const blob of [document.config, ...(document.layers ?? [])]) if (blob) reached.add(blob.digest)
  for (const child of document.manifests ?? []) await follow(at, child.digest, reached)
}

async function subjectOf(at: string, digest: string): Promise<string> {
  return (await fetched(at, digest)).document.subject?.digest ?? ''
}

async function fetched(at: string, reference: string): Promise<{ digest: string; document: Fetched }> {
  const answer = await fetch(`${at}/manifests/${reference}`, { headers: { accept: ACCEPT } })
  if (answer.status !== 200) throw new Error(`${at} ${reference}: ${answer.status}`)
  const document: Fetched = JSON.parse(await answer.text())
  return { digest: answer.headers.get('docker-content-digest') ?? '', document }
}
