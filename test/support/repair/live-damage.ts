import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { becomeDirectory, remove, removeWhole, storeManifest, write } from '../builders/faults/damage-files.ts'
import { faultClasses, injectFault } from '../builders/faults/every-fault.ts'
import { image, manifestsUnder } from '../builders/images.ts'
import { deleteManifest } from '../builders/push.ts'
import type { TaggedPush } from '../builders/random-registry.ts'
import type { Random } from '../seeded.ts'
import { collectGarbage } from '../servers/registry.ts'
import { regularFile } from './read-storage.ts'
import type { Stage } from './trial.ts'

/** Damages a registry that is running. @returns what was done, or `undefined` where there was nothing to do it to */
type LiveDamage = (stage: Stage, target: TaggedPush, random: Random) => Promise<string | undefined> | string | undefined

/** What people and other programs do, beside the faults that can be injected in files. */
const LIVE_DAMAGE: Readonly<Record<string, LiveDamage>> = {
  'garbage-collect': (stage) => collect(stage, false),
  'garbage-collect -m': (stage) => collect(stage, true),
  'child deleted by API': async ({ live }, { repository, node }, random) => {
    const child = random.pick(manifestsUnder(node).slice(1))
    if (!child) return undefined
    await deleteManifest({ url: live.url, repository }, child.descriptor.digest).catch(() => undefined)
    return child.descriptor.digest
  },
  'tagged manifest deleted by API, tag and all': async ({ live }, { repository, node }) => {
    await deleteManifest({ url: live.url, repository }, node.descriptor.digest).catch(() => undefined)
    return node.descriptor.digest
  },
  'crash at the end of a push': ({ at }, { repository, tag, node }) => {
    const { digest } = node.descriptor
    write(at.tagLink(repository, tag), '')
    write(join(at.tag(repository, tag), 'index', 'sha256', hexOf(digest), 'link'), '')
    write(at.revisionLink(repository, digest), '')
    return digest
  },
  'tag link lost': ({ at }, { repository, tag }) => {
    remove(at.tagLink(repository, tag))
    return `${repository}:${tag}`
  },
  'tag link and history lost': ({ at }, { repository, tag }) => {
    remove(join(at.tag(repository, tag), 'index'))
    remove(at.tagLink(repository, tag))
    return `${repository}:${tag}`
  },
  'tag link and revision link lost': ({ at }, { repository, tag, node }) => {
    remove(at.tagLink(repository, tag))
    remove(at.revisionLink(repository, node.descriptor.digest))
    return `${repository}:${tag}`
  },
  'a stray file among the tags': ({ at }, { repository }, random) => {
    const name = random.pick(['Thumbs.db', '.DS_Store', 'desktop.ini']) ?? ''
    write(join(at.repository(repository), '_manifests', 'tags', name), 'stray')
    return name
  },
  'tag link with CRLF': ({ at }, { repository, tag }) => editLink(at.tagLink(repository, tag), (link) => `${link}\r\n`),
  'revision link with CRLF': ({ at }, { repository, node }, random) => {
    const { digest } = (random.pick(manifestsUnder(node)) ?? node).descriptor
    return editLink(at.revisionLink(repository, digest), (link) => `${link}\r\n`)
  },
  'layer link with CRLF': ({ at }, { repository, node }, random) => {
    const [layer] = random.shuffle(blobsOf(node))
    return layer && editLink(at.layerLink(repository, layer), (link) => `${link}\r\n`)
  },
  'two layer links of one image lost': ({ at }, { repository, node }, random) => {
    const links = random.shuffle(blobsOf(node)).map((digest) => at.layerLink(repository, digest))
    const two = links.filter((link) => regularFile(link) !== undefined).slice(0, 2)
    for (const link of two) removeWhole(link)
    return two.length === 2 ? two.join(', ') : undefined
  },
  'every layer link of a repository lost': ({ at }, { repository }) => {
    remove(join(at.repository(repository), '_layers', 'sha256'))
    return repository
  },
  'a directory in place of a tag link': ({ at }, { repository, tag }) => {
    becomeDirectory(at.tagLink(repository, tag))
    return `${repository}:${tag}`
  },
  'a directory in place of a revision link': ({ at }, { repository, node }, random) => {
    const { digest } = (random.pick(manifestsUnder(node)) ?? node).descriptor
    becomeDirectory(at.revisionLink(repository, digest))
    return digest
  },
  'a directory in place of a layer link': ({ at }, { repository, node }, random) => {
    const [layer] = random.shuffle(blobsOf(node))
    if (layer === undefined) return undefined
    becomeDirectory(at.layerLink(repository, layer))
    return layer
  },
  'links cut by a full disk': ({ at }, { repository, node }) => {
    const links = blobsOf(node).map((digest) => at.layerLink(repository, digest))
    const there = links.filter((link) => regularFile(link) !== undefined)
    for (const link of there) write(link, '')
    for (const { descriptor } of manifestsUnder(node))
      if (regularFile(at.revisionLink(repository, descriptor.digest)))
        write(at.revisionLink(repository, descriptor.digest), '')
    return `${there.length} of ${repository}`
  },
  'blobs cut by a full disk': ({ at }, { node }) => {
    const cut = blobsOf(node).filter((digest) => regularFile(at.data(digest))?.length)
    for (const digest of cut) write(at.data(digest), '')
    return cut.join(', ')
  },
  'an untagged revision whose link is empty': ({ at }, { repository }, random) => {
    const revisions = join(at.repository(repository), '_manifests', 'revisions', 'sha256')
    const hex = random.pick(readdirSync(revisions).sort())
    if (hex === undefined) return undefined
    write(join(revisions, hex, 'link'), '')
    return hex
  },
  'an orphan and a bad link beside': ({ at }, { repository }, random) => {
    const gone = image(`gone ${random.int(2 ** 30)}`)
    const digest = storeManifest(at, repository, gone.bytes)
    removeWhole(at.data(digest))
    write(at.layerLink(repository, gone.config.descriptor.digest), 'sha256:')
    return digest
  },
}

const INJECTED = Object.fromEntries(
  faultClasses.map((fault): [string, LiveDamage] => [
    fault,
    ({ root }, target, random) => {
      const injected = injectFault(fault, { ...target, root }, random)
      return injected && (injected.digest ?? injected.tag ?? 'done')
    },
  ]),
)

const EVERY_DAMAGE: ReadonlyMap<string, LiveDamage> = new Map(Object.entries({ ...LIVE_DAMAGE, ...INJECTED }))

export const damageClasses: readonly string[] = [...EVERY_DAMAGE.keys()]

/** Those that no fixture has. */
export const liveDamageClasses: readonly string[] = Object.keys(LIVE_DAMAGE)

/**
 * Do damage to the first target that can have it.
 *
 * @returns a line for the ledger
 */
export async function damageRegistry(
  name: string,
  stage: Stage,
  targets: readonly TaggedPush[],
  random: Random,
): Promise<string> {
  const doIt = EVERY_DAMAGE.get(name)
  if (!doIt) throw new RangeError(`no such damage: ${name}`)
  for (const target of targets) {
    const done = await attempt(() => doIt(stage, target, random))
    if (done !== undefined) return `${name}: ${target.repository}:${target.tag}: ${done}`
  }
  return `${name}: nothing to do it to`
}

/** Where earlier damage has taken what this one wants to change, it cannot be done. */
async function attempt(doIt: () => ReturnType<LiveDamage>): Promise<string | undefined> {
  try {
    return await doIt()
  } catch (error) {
    if (error instanceof Error && 'code' in error && /^(?:ENOENT|EISDIR|ENOTDIR)$/.test(String(error.code)))
      return undefined
    throw error
  }
}

async function collect({ root }: Stage, deleteUntagged: boolean): Promise<string> {
  const { code, output } = await collectGarbage(root, { deleteUntagged, schema1: true })
  return `exit ${code}, ${[...output.matchAll(/eligible for deletion/g)].length} deleted`
}

function editLink(link: string, edit: (text: string) => string): string | undefined {
  const text = regularFile(link)?.toString()
  if (text === undefined) return undefined
  write(link, edit(text))
  return link
}

function blobsOf(node: TaggedPush['node']): string[] {
  const images = manifestsUnder(node).filter((each) => each.kind === 'image')
  const blobs = images.flatMap(({ config, layers }) => [config, ...layers]).filter((each) => !each.absent)
  return [...new Set(blobs.map(({ descriptor }) => descriptor.digest))].filter((digest) => digest.startsWith('sha256:'))
}

function hexOf(digest: string): string {
  return digest.slice(digest.indexOf(':') + 1)
}
