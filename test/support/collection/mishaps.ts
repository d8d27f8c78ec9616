import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  becomeDirectory,
  pointTag,
  remove,
  storeBlob,
  storeManifest,
  truncate,
  write,
} from '../builders/faults/damage-files.ts'
import { artifact, contentOf, digestOf, json, manifestsUnder } from '../builders/images.ts'
import { oddDocument } from '../builders/odd-documents.ts'
import type { Push, TaggedPush } from '../builders/random-registry.ts'
import type { StoragePaths } from '../builders/storage-paths.ts'
import type { Random } from '../seeded.ts'

/** A storage directory that no registry is serving, one tagged image in it, and what else was pushed. */
export interface MishapScene {
  readonly at: StoragePaths
  readonly random: Random
  readonly target: TaggedPush
  readonly pushes: readonly Push[]
}

/** Something that people, crashes and other programs do to storage. Each changes files and leaves what it does not find. */
type Mishap = (scene: MishapScene) => void

/** Those that a collection survives: what it deletes then is what matters. */
export const HARMLESS: Readonly<Record<string, Mishap>> = {
  'revision deleted over the API': (scene) =>
    remove(scene.at.revisionLink(scene.target.repository, anyManifest(scene))),
  'revision directory removed': (scene) =>
    remove(dirname(scene.at.revisionLink(scene.target.repository, anyManifest(scene)))),
  'tag removed': ({ at, target }) => remove(at.tag(target.repository, target.tag)),
  'tag without current link': ({ at, target }) => remove(at.tagLink(target.repository, target.tag)),
  'tag without current': ({ at, target }) => remove(dirname(at.tagLink(target.repository, target.tag))),
  'no layers directory': ({ at, target }) => remove(join(at.repository(target.repository), '_layers')),
  'no manifests directory': ({ at, target }) => remove(join(at.repository(target.repository), '_manifests')),
  'no revisions directory': ({ at, target }) => remove(join(at.repository(target.repository), '_manifests/revisions')),
  'manifest blob gone': (scene) => remove(dirname(scene.at.data(anyManifest(scene)))),
  'manifest blob is a directory': (scene) => becomeDirectory(scene.at.data(anyManifest(scene))),
  'manifest linked as a layer only': (scene) => {
    const digest = anyManifest(scene)
    remove(dirname(scene.at.revisionLink(scene.target.repository, digest)))
    write(scene.at.layerLink(scene.target.repository, digest), digest)
  },
  'empty layer link': (scene) => write(scene.at.layerLink(scene.target.repository, anyBlob(scene)), ''),
  'layer link gone': (scene) => remove(scene.at.layerLink(scene.target.repository, anyBlob(scene))),
  'blob gone': (scene) => remove(dirname(scene.at.data(anyBlob(scene)))),
  'blob is a directory': (scene) => becomeDirectory(scene.at.data(anyBlob(scene))),
  'upload that nobody finished': ({ at, target }) =>
    write(join(at.repository(target.repository), '_uploads/one/data'), contentOf('upload', 77)),
  'blob without a link': ({ at, random }) => {
    const bytes = contentOf(`unlinked ${random.int(2 ** 30)}`, 90)
    write(at.data(digestOf(bytes)), bytes)
  },
  'layer that no manifest names': ({ at, target, random }) =>
    void storeBlob(at, target.repository, contentOf(`pushed ${random.int(2 ** 30)}`, 120)),
  'sha512 alias of a layer that nothing names': ({ at, target, random }) => {
    const bytes = contentOf(`alias ${random.int(2 ** 30)}`, 64)
    const digest = storeBlob(at, target.repository, bytes)
    write(at.layerLink(target.repository, digestOf(bytes, 'sha512')), digest)
  },
  'untagged referrer': ({ at, target }) => {
    const { mediaType, digest, size } = target.node.descriptor
    const referrer = artifact(`signs ${digest}`, 'application/vnd.example.signature', {
      fields: { subject: { mediaType, digest, size } },
    })
    for (const blob of [referrer.config, ...referrer.layers]) storeBlob(at, target.repository, blob.bytes)
    storeManifest(at, target.repository, referrer.bytes)
  },
  'schema 1 manifest': ({ at, target, random }) => {
    const layer = storeBlob(at, target.repository, contentOf(`schema 1 ${random.int(2 ** 30)}`, 50))
    storeManifest(at, target.repository, schema1(target.repository, layer), random.chance(0.7) ? 'old' : undefined)
  },
  'file beside revisions': ({ at, target }) =>
    write(join(at.repository(target.repository), '_manifests/revisions/sha256/.DS_Store'), 'x'),
  'file beside layer links': ({ at, target }) =>
    write(join(at.repository(target.repository), '_layers/sha256/.DS_Store'), 'x'),
  'files in blobs': ({ at, random }) => {
    write(join(at.blobs, '.DS_Store'), 'x')
    write(join(at.blobs, `sha256/${random.int(16).toString(16)}f/.nfs0001`), 'x')
  },
  'file with a low line beside repositories': ({ at }) => write(join(at.repositories, '_backup.tar'), 'x'),
  'file with a low line in a repository': ({ at, target }) =>
    write(join(at.repository(target.repository), '_lock'), 'x'),
  'layers is a file': ({ at, target }) => {
    const path = join(at.repository(target.repository), '_layers')
    remove(path)
    write(path, 'x')
  },
  'empty directory beside repositories': ({ at }) =>
    mkdirSync(join(at.repositories, 'lost+found'), { recursive: true }),
  'blob copied to a place that looks right': (scene) => {
    const digest = anyBlob(scene)
    const from = dirname(scene.at.data(digest))
    if (existsSync(from))
      cpSync(from, join(scene.at.blobs, 'old/sha256/', digest.slice(7, 9), digest.slice(7)), { recursive: true })
  },
  'image copied to another repository by hand': ({ at, target }) => {
    const to = join(at.repositories, 'copied')
    if (!existsSync(to)) cpSync(at.repository(target.repository), to, { recursive: true })
  },
  'tag moved to an older image': ({ at, target, pushes, random }) => {
    const same = pushes.filter(({ repository }) => repository === target.repository)
    const other = random.pick(same)
    if (other) pointTag(at, target.repository, { tag: target.tag, digest: other.node.descriptor.digest })
  },
  'revision link names another manifest': (scene) => {
    const { at, target } = scene
    const [one, other] = [anyManifest(scene), anyManifest(scene)]
    if (existsSync(at.revisionLink(target.repository, one))) write(at.revisionLink(target.repository, one), other)
  },
  'revision copied into itself': (scene) => {
    const from = dirname(scene.at.revisionLink(scene.target.repository, anyManifest(scene)))
    if (existsSync(from)) cpSync(from, `${from}-copy`, { recursive: true })
  },
  'odd document': ({ at, target, random }) => {
    const { bytes } = oddDocument(random.int(2000))
    storeManifest(at, target.repository, bytes, random.chance(0.8) ? 'odd' : undefined)
  },
}

/** Those that can end a collection. */
export const ABORTING: Readonly<Record<string, Mishap>> = {
  'empty revision link': (scene) => write(scene.at.revisionLink(scene.target.repository, anyManifest(scene)), ''),
  'garbage in a revision link': (scene) =>
    write(scene.at.revisionLink(scene.target.repository, anyManifest(scene)), scene.random.pick(GARBAGE) ?? ''),
  'empty tag link': ({ at, target }) => write(at.tagLink(target.repository, target.tag), ''),
  'garbage in a tag link': ({ at, target, random }) =>
    write(at.tagLink(target.repository, target.tag), random.pick(GARBAGE) ?? ''),
  'tag link is a directory': ({ at, target }) => becomeDirectory(at.tagLink(target.repository, target.tag)),
  'file in tags': ({ at, target }) => write(at.tag(target.repository, '.DS_Store'), 'x'),
  'current is a file': ({ at, target }) => {
    const current = dirname(at.tagLink(target.repository, target.tag))
    remove(current)
    write(current, 'x')
  },
  'tag with a space': ({ at, target }) => write(at.tagLink(target.repository, 'a copy'), target.node.descriptor.digest),
  'no tags directory': ({ at, target }) => remove(join(at.repository(target.repository), '_manifests/tags')),
  'tags is a file': ({ at, target }) => {
    const path = join(at.repository(target.repository), '_manifests/tags')
    remove(path)
    write(path, 'x')
  },
  'revisions is a file': ({ at, target }) => {
    const path = join(at.repository(target.repository), '_manifests/revisions')
    remove(path)
    write(path, 'x')
  },
  'history is a file': ({ at, target }) => {
    const path = join(at.tag(target.repository, target.tag), 'index')
    remove(path)
    write(path, 'x')
  },
  'empty manifest': (scene) => write(scene.at.data(anyManifest(scene)), ''),
  'manifest cut short': (scene) => {
    const path = scene.at.data(anyManifest(scene))
    if (existsSync(path)) truncate(path, 40)
  },
  'large manifest': (scene) => write(scene.at.data(anyManifest(scene)), Buffer.alloc(4 * 1024 * 1024 + 1, ' ')),
  'manifest of an unknown version': ({ at, target, random }) =>
    void storeManifest(at, target.repository, json({ schemaVersion: 3, n: random.int(9) }), 'three'),
  'manifest of an unknown type': ({ at, target }) =>
    void storeManifest(at, target.repository, json({ schemaVersion: 2, mediaType: 'text/plain' }), 'unknown'),
  'two links that name one revision': (scene) => {
    const { at, target, random } = scene
    const digest = random.chance(0.5) ? untagged(scene) : anyManifest(scene)
    write(at.revisionLink(target.repository, digestOf(Buffer.from(`twice ${digest}`))), digest)
  },
  'link that names a revision without a directory': (scene) => {
    const { at, target } = scene
    const digest = untagged(scene)
    remove(dirname(at.revisionLink(target.repository, digest)))
    write(at.layerLink(target.repository, digest), digest)
    write(at.revisionLink(target.repository, digestOf(Buffer.from(`for ${digest}`))), digest)
  },
  'blob directory copied into itself': (scene) => {
    const from = dirname(scene.at.data(anyBlob(scene)))
    if (existsSync(from)) cpSync(from, join(`${from}-copy`, from.slice(-64)), { recursive: true })
    if (existsSync(`${from}-copy`)) renameSync(`${from}-copy/${from.slice(-64)}`, join(from, from.slice(-64)))
    remove(`${from}-copy`)
  },
  'data in blobs': ({ at }) => write(join(at.blobs, 'data'), 'x'),
  'data in the directory of an algorithm': ({ at }) => write(join(at.blobs, 'sha256/data'), 'x'),
  'data in the directory of a prefix': ({ at, random }) =>
    write(join(at.blobs, `sha256/${random.int(16).toString(16)}a/data`), 'x'),
  'data in a short directory': ({ at }) => write(join(at.blobs, 'a/data'), 'x'),
  'blob without its prefix': (scene) => {
    const digest = anyBlob(scene)
    const from = dirname(scene.at.data(digest))
    const to = join(scene.at.blobs, 'sha256', digest.slice(7))
    if (!existsSync(from) || existsSync(to)) return
    if (scene.random.chance(0.5)) cpSync(from, to, { recursive: true })
    else renameSync(from, to)
  },
  'blob directory is a file': (scene) => {
    const path = dirname(scene.at.data(anyManifest(scene)))
    remove(path)
    write(path, 'x')
  },
  'repository with an impossible name': ({ at, target }) =>
    cpSync(at.repository(target.repository), join(at.repositories, 'Backup of app'), { recursive: true }),
  'repository with capital letters': ({ at, target }) =>
    cpSync(at.repository(target.repository), join(at.repositories, 'Old/app'), { recursive: true }),
  'no repositories': ({ at }) => rmSync(at.repositories, { recursive: true }),
  'no blobs': ({ at }) => rmSync(at.blobs, { recursive: true }),
}

const GARBAGE = [
  'garbage',
  'sha256:abc',
  `sha256:${'a'.repeat(64)}\n`,
  `md5:${'a'.repeat(32)}`,
  `sha256:${'A'.repeat(64)}`,
  `sha256:${'g'.repeat(64)}`,
  `sha256-${'a'.repeat(64)}`,
  'sha256:',
  `MD5:${'a'.repeat(32)}`,
]

/** Any manifest of the image, the tagged one or one below it. */
function anyManifest({ random, target }: MishapScene): string {
  return (random.pick(manifestsUnder(target.node)) ?? target.node).descriptor.digest
}

/** A manifest below the tag, if there is any. */
function untagged({ target }: MishapScene): string {
  return (manifestsUnder(target.node).at(-1) ?? target.node).descriptor.digest
}

/** A config or layer, by the digest under which it is stored. */
function anyBlob(scene: MishapScene): string {
  const images = manifestsUnder(scene.target.node).filter((each) => each.kind === 'image')
  const blobs = images.flatMap(({ config, layers }) => [config, ...layers.filter(({ absent }) => !absent)])
  const blob = scene.random.pick(blobs)
  return blob ? digestOf(blob.bytes) : anyManifest(scene)
}

function schema1(name: string, layer: string): Buffer {
  return Buffer.from(
    JSON.stringify(
      {
        schemaVersion: 1,
        name,
        tag: 'old',
        architecture: 'amd64',
        fsLayers: [{ blobSum: layer }],
        history: [{ v1Compatibility: '{"id":"a"}' }],
      },
      null,
      3,
    ),
  )
}
