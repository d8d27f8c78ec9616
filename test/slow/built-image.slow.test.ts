import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { Buildah, type ImageConfig, whyNoImages } from '../image/buildah.ts'
import { lockedUp, STORAGE } from '../image/locked-up.ts'
import { buildTree, npmCache, npmSettings, runtimeTree } from '../image/stand-in.ts'
import { copyOfFixture } from '../support/builders/fixtures.ts'
import { reportIn } from '../support/command/run.ts'
import { fingerprint } from '../support/fingerprint.ts'
import { scratch } from '../support/scratch.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const { version }: { version: string } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
const NAME = 'localhost/regfsck:tried'
/** About half a minute for whoever has the machine alone. */
const LONG = 400_000

const why = whyNoImages()

describe.skipIf(why !== undefined)(`the image, built on a stand-in base${why ? ` (skipped: ${why})` : ''},`, () => {
  const home = scratch()
  const buildah = new Buildah(home)
  const broken = copyOfFixture('child-deleted-by-gc-m', join(home, 'broken'))
  const whole = copyOfFixture('lawful-nested-index', join(home, 'whole'))
  let config: ImageConfig
  let root: string
  let digest: string

  beforeAll(async () => {
    execFileSync('chmod', ['-R', 'u=rwX,go=rX', broken, whole])
    const [build, runtime] = [join(home, 'build'), join(home, 'runtime')]
    for (const [tree, fill] of [[build, buildTree] as const, [runtime, runtimeTree] as const]) {
      mkdirSync(tree)
      fill(tree)
    }
    const [nodeImage, nodeDigest] = await buildah.imageOf(build, 'localhost/stand-in-to-build:24', npmSettings())
    const [runtimeImage, runtimeDigest] = await buildah.imageOf(runtime, 'localhost/stand-in-to-run:24', {})
    digest = runtimeDigest
    const bases = {
      NODE_IMAGE: nodeImage,
      NODE_DIGEST: nodeDigest,
      RUNTIME_IMAGE: runtimeImage,
      RUNTIME_DIGEST: runtimeDigest,
      REVISION: '0123abc',
    }
    const buildArgs = Object.entries(bases).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`])
    await buildah.build(ROOT, NAME, ['--volume', `${npmCache()}:/root/.npm:rw`, ...buildArgs])
    config = await buildah.configOf(NAME)
    root = await buildah.mount(NAME)
  }, LONG)

  it('is refused without the digests of its bases', async () => {
    await expect(buildah.build(ROOT, 'localhost/regfsck:unpinned', [])).rejects.toThrow(
      /NODE_DIGEST[\s\S]*invalid reference format/,
    )
  })

  it('prints its version', () => {
    expect(run(whole, '--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
  })

  it('finds what is broken, as any user, on a root that is read-only', () => {
    const ran = run(broken, 'scan', '--recheck-delay', '0', '--output', 'json', STORAGE)
    expect(ran).toMatchObject({ code: 1, stderr: '' })
    const [target] = reportIn({ ...ran, took: 0 }).targets
    expect(target?.findings.map(({ code }) => code)).toEqual(new Array(3).fill('index-child-missing'))
    expect(target?.tags.map(({ tag, verdict }) => [tag, verdict])).toEqual([['latest', 'unpullable']])
  })

  it('says nothing of what is whole', () => {
    expect(run(whole, 'scan', STORAGE)).toMatchObject({ code: 0, stdout: expect.stringContaining('CLEAN'), stderr: '' })
  })

  it('can write nowhere: the root is read-only indeed', () => {
    const ran = run(whole, 'scan', '--output', 'json=/report.json', STORAGE)
    expect(ran).toMatchObject({ code: 5, stderr: expect.stringContaining('EROFS') })
  })

  it('leaves its files and the registry as they were', () => {
    const before = [fingerprint(root), fingerprint(broken)]
    run(broken, 'scan', '--recheck-delay', '0', '--depth', 'content', STORAGE)
    expect([fingerprint(root), fingerprint(broken)]).toEqual(before)
  })

  it('has the pages that explain reads', () => {
    expect(run(whole, 'explain', 'layer-missing')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching('^# layer-'),
    })
  })

  it('prints its help without arguments', () => {
    expect(run(whole, ...config.Cmd)).toMatchObject({ code: 0, stdout: expect.stringContaining('Usage: regfsck') })
  })

  it('holds what runs, and nothing that only makes it', () => {
    expect(existsSync(join(root, 'bin/sh'))).toBe(false)
    expect(readdirSync(join(root, 'app')).sort()).toEqual(
      ['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'docs', 'package.json'].sort(),
    )
  })

  it('is open to every user, and writable for none but root', () => {
    const odd = [
      '-not',
      '-type',
      'l',
      '(',
      '-not',
      '-user',
      'root',
      '-o',
      '-perm',
      '/022',
      '-o',
      '-not',
      '-perm',
      '-444',
      ')',
    ]
    expect(execFileSync('find', [join(root, 'app'), ...odd], { encoding: 'utf8' })).toBe('')
  })

  it('is started as a number that is not root, stopped by SIGTERM, and says what it was made of', () => {
    expect(config).toMatchObject({ User: '65532:65532', StopSignal: 'SIGTERM', WorkingDir: '/' })
    expect(config.Labels).toMatchObject({
      'org.opencontainers.image.version': version,
      'org.opencontainers.image.revision': '0123abc',
      'org.opencontainers.image.base.name': 'localhost/stand-in-to-run:24',
      'org.opencontainers.image.base.digest': digest,
    })
  })

  function run(storage: string, ...words: readonly string[]): ReturnType<typeof lockedUp> {
    return lockedUp(root, config, storage, words)
  }
})
