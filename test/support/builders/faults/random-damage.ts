import { lstatSync, readFileSync } from 'node:fs'
import type { Random } from '../../seeded.ts'
import { collectGarbage } from '../../servers/registry.ts'
import { type ManifestNode, manifestsUnder } from '../images.ts'
import { deleteManifest, type Place } from '../push.ts'
import type { Push, TaggedPush } from '../random-registry.ts'
import { storagePaths } from '../storage-paths.ts'
import { faultClasses, injectAnyFault, injectFault } from './every-fault.ts'
import type { InjectedFault } from './fault-target.ts'

/** A line of the ledger, with what is needed to tell whether the fault still stands at the end of the story. */
export interface DamageRecord extends InjectedFault {
  /** Digests of all that the fault touched: more than the line names where it took several at once. */
  readonly touched: readonly string[]
  /** What an API call did stands for no tag of its own. */
  readonly aimedAt?: {
    readonly tag: string
    /** Whether the tag still named the image that was hurt: if not, the fault may hit what no tag reaches. */
    readonly met: boolean
    /** What the tag's link held just afterwards: where it holds that still, nothing later has moved the tag. */
    readonly link: string | undefined
  }
}

/** A real garbage collection that took place. */
export interface Collection {
  readonly deleteUntagged: boolean
  readonly aborted: boolean
  /** Digests of the manifests and blobs that it took away, of all repositories. */
  readonly swept: ReadonlySet<string>
}

/** What was done to a registry after everything was pushed to it, in this order. */
export interface DamageDone {
  readonly collectedBefore?: Collection
  readonly ledger: readonly DamageRecord[]
  readonly collectedAfter?: Collection
}

/**
 * Some retention script at work: manifests and blobs deleted through the API, tagged or not, needed or not.
 * About one registry in three has any.
 */
export async function deleteSome(url: string, pushes: readonly Push[], random: Random): Promise<DamageRecord[]> {
  const ledger: DamageRecord[] = []
  while (random.chance(0.3)) {
    const push = random.pick(pushes)
    const manifest = push && random.pick(manifestsUnder(push.node))
    if (!manifest) break
    const place = { url, repository: push.repository }
    const blobs =
      manifest.kind === 'image' ? manifest.layers.filter((each) => !each.absent && each.bytes.length > 0) : []
    const blob = random.chance(0.2) ? random.pick(blobs) : undefined
    const { digest } = (blob ?? manifest).descriptor
    if (ledger.some((line) => line.digest === digest)) continue
    const deleted = blob ? await deleteLayer(place, digest) : await deleteRevision(place, digest)
    ledger.push({ ...deleted, repository: push.repository, digest, touched: [digest], breaksPull: true })
  }
  return ledger
}

/** Up to four faults and up to two garbage collections, on a storage that no registry is serving. */
export async function damageSome(
  root: string,
  { tagged, turn }: { readonly tagged: readonly TaggedPush[]; readonly turn: number },
  random: Random,
): Promise<DamageDone> {
  const collectedBefore = random.chance(0.35) ? await collect(root, random) : undefined
  const ledger = injectSome(root, { tagged, turn }, random)
  const collectedAfter = random.chance(0.2) ? await collect(root, random) : undefined
  return { ledger, ...(collectedBefore && { collectedBefore }), ...(collectedAfter && { collectedAfter }) }
}

/**
 * Two of the faults take their turns, so that a row of registries meets every class; the others are drawn.
 *
 * @param about.turn counts up from registry to registry
 */
function injectSome(
  root: string,
  about: { readonly tagged: readonly TaggedPush[]; readonly turn: number },
  random: Random,
): DamageRecord[] {
  const targets = about.tagged.filter(({ repository, tag }) => linkOf(root, repository, tag) !== undefined)
  const ledger: DamageRecord[] = []
  for (let n = random.int(5); n > 0 && targets.length > 0; n--) {
    const fault = n > 2 ? undefined : faultClasses[(2 * about.turn + n) % faultClasses.length]
    const harm = injectOne(root, random.shuffle(targets), { fault, random })
    if (harm) ledger.push(harm)
  }
  return ledger
}

/** The fault on the first target that can have it; any fault where it is left out, or where no target can. */
function injectOne(
  root: string,
  targets: readonly TaggedPush[],
  { fault, random }: { readonly fault: string | undefined; readonly random: Random },
): DamageRecord | undefined {
  for (const wanted of fault === undefined ? [undefined] : [fault, undefined])
    for (const { repository, tag, node } of targets) {
      const target = { root, repository, tag, node }
      const met = linkOf(root, repository, tag) === node.descriptor.digest
      const injected = wanted === undefined ? injectAnyFault(target, random) : injectFault(wanted, target, random)
      const aimedAt = { tag, met, link: linkOf(root, repository, tag) }
      if (injected) return { ...injected, touched: touchedBy(injected, node), aimedAt }
    }
  return undefined
}

function touchedBy({ fault, tag, digest }: InjectedFault, node: ManifestNode): string[] {
  const children = fault === 'all-children-missing' && node.kind === 'index' ? node.children : []
  const named = tag === undefined ? digest : node.descriptor.digest
  return [...(named === undefined ? [] : [named]), ...children.map(({ descriptor }) => descriptor.digest)]
}

/** What a tag's link holds, byte for byte; `undefined` where there is none. */
export function linkOf(root: string, repository: string, tag: string): string | undefined {
  const path = storagePaths(root).tagLink(repository, tag)
  return lstatSync(path, { throwIfNoEntry: false }) && readFileSync(path, 'latin1')
}

async function collect(root: string, random: Random): Promise<Collection> {
  const deleteUntagged = random.chance(0.6)
  const { code, output } = await collectGarbage(root, { deleteUntagged })
  const swept = [...output.matchAll(/(?:manifest|blob) eligible for deletion: (?<digest>\S+)/g)].map(
    ({ groups }) => groups?.['digest'] ?? '',
  )
  return { deleteUntagged, aborted: code !== 0, swept: new Set(code === 0 ? swept : []) }
}

type Deleted = Pick<DamageRecord, 'fault' | 'code' | 'cause' | 'seenFrom'>

async function deleteRevision(place: Place, digest: string): Promise<Deleted> {
  await deleteManifest(place, digest)
  return {
    fault: 'manifest-deleted-through-api',
    code: 'index-child-missing',
    cause: 'revision-link-missing',
    seenFrom: 'graph',
  }
}

async function deleteLayer(place: Place, digest: string): Promise<Deleted> {
  await deleteBlob(place, digest)
  return { fault: 'layer-deleted-through-api', code: 'layer-missing', cause: 'layer-link-missing', seenFrom: 'blobs' }
}

async function deleteBlob({ url, repository }: Place, digest: string): Promise<void> {
  const done = await fetch(`${url}/v2/${repository}/blobs/${digest}`, { method: 'DELETE' })
  const body = await done.text()
  if (done.status !== 202) throw new Error(`delete blob ${digest}: ${done.status} ${body}`)
}
