import { execFile, execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { artifact, image, index, type ManifestNode, manifestsUnder } from '../support/builders/images.ts'
import { push } from '../support/builders/push.ts'
import { storagePaths } from '../support/builders/storage-paths.ts'
import { BIN } from '../support/command/run.ts'
import { everyTag, walkRegistry } from '../support/oracles/plain-walker.ts'
import { scratch } from '../support/scratch.ts'
import { collectGarbage, withRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'

const directory = scratch()
const page = readFileSync(fileURLToPath(new URL('../../docs/reachable.md', import.meta.url)), 'utf8')
/** The commands of a section, by what stands before them. */
const commandsAfter = (text: string): string => page.split(text)[1]?.match(/```sh\n(.*?)```/s)?.[1] ?? ''

const shared = image('shared')
const kept = index([image('kept amd64'), shared])
const gone = index([image('gone amd64'), shared])
const deployed = index([image('deployed amd64'), image('deployed arm64', { platform: 'linux/arm64' })])
const untagged = image('untagged')
const signature = signatureOf('of kept', kept)
const obsolete = signatureOf('of gone', gone)

describeWithServers(['docker-registry'], 'the recipe for a clean-up on disk', () => {
  it('removes what is not needed, and all that stays can be pulled after a real collection', async () => {
    const root = join(directory, 'registry')
    const at = storagePaths(root)
    await withRegistry({ root }, async ({ url }) => {
      const place = { url, repository: 'team/app' }
      for (const [tag, node] of [
        ['v1', kept],
        ['old', gone],
        ['deployed', deployed],
      ] as const)
        await push(place, node, tag)
      for (const node of [untagged, signature, obsolete]) await push(place, node)
    })
    for (const tag of ['old', 'deployed']) execFileSync('touch', ['-d', '2020-01-01', at.tag('team/app', tag)])

    const home = prepared('on-disk')
    writeFileSync(join(home, 'running.json'), JSON.stringify(podOf('registry.test/team/app:deployed')))
    const ran = await shell(commandsAfter('<!-- the test runs this -->'), home, { ROOT: root, REPO: 'team/app' })
    expect(ran).toEqual({ code: 0, stderr: expect.stringContaining('digests asked for') })
    expect(await collectGarbage(root)).toMatchObject({ code: 0 })

    await withRegistry({ root }, async ({ url }) => {
      expect(await everyTag(url)).toEqual({ 'team/app': ['deployed', 'v1'] })
      const walked = await walkRegistry(url, { 'team/app': ['v1', 'deployed', signature.descriptor.digest] })
      expect(walked.map(({ is }) => is)).toEqual(['whole', 'whole', 'whole'])
    })
    const lost = ownBlobs([gone, untagged, obsolete], [kept, deployed, signature])
    expect(lost.length).toBeGreaterThan(6)
    expect(lost.filter((digest) => existsSync(at.data(digest)))).toEqual([])
  })

  it('removes nothing if something cannot be read', async () => {
    const root = join(directory, 'unread')
    const at = storagePaths(root)
    await withRegistry({ root }, async ({ url }) => {
      await push({ url, repository: 'team/app' }, gone, 'old')
      await push({ url, repository: 'team/app' }, kept, 'v1')
    })
    execFileSync('touch', ['-d', '2020-01-01', at.tag('team/app', 'old')])
    writeFileSync(at.tagLink('team/app', 'v1'), '')
    const home = prepared('unread')
    writeFileSync(join(home, 'running.json'), JSON.stringify(podOf('registry.test/team/app:v1')))
    const ran = await shell(commandsAfter('<!-- the test runs this -->'), home, { ROOT: root, REPO: 'team/app' })
    expect(ran.stderr).toContain('delete nothing')
    expect(existsSync(at.tag('team/app', 'old'))).toBe(true)
    expect(existsSync(at.revisionLink('team/app', gone.descriptor.digest))).toBe(true)
  })
})

/** Simulated: the tools of each host list what has no tag, children of indexes too, and delete from a real registry. */
const HOSTS: readonly { readonly recipe: string; readonly tool: string; readonly script: string }[] = [
  {
    recipe: 'ghcr',
    tool: 'gh',
    script: `case "$*" in *DELETE*) gone "$(sed -n "\${4##*/}p" untagged)" ;; *) awk '{ print NR, $1 }' untagged ;; esac`,
  },
  {
    recipe: 'ecr',
    tool: 'aws',
    script: `case "$*" in *batch-delete-image*) for last; do :; done; gone "\${last#imageDigest=}" ;; *) paste -s untagged ;; esac`,
  },
  {
    recipe: 'harbor',
    tool: 'curl',
    script: `for last; do :; done
case "$*" in *DELETE*) gone "\${last##*/}" ;; *) jq -R '{ digest: . }' untagged | jq -s . ;; esac`,
  },
  {
    recipe: 'gitlab',
    tool: 'curl',
    script: `for last; do :; done
digest=$(awk -v tag="\${last##*/}" '$1 == tag { print $2 }' tags)
case "$*" in *DELETE*) gone "$digest" ;; *) printf '{ "digest": "%s" }' "$digest" ;; esac`,
  },
]

describeWithServers(['docker-registry'], 'the clean-up in CI', () => {
  it.each(HOSTS)(
    'of $recipe deletes only what is free, and the rest can be pulled',
    async ({ recipe, tool: name, script }) => {
      const root = join(directory, recipe)
      const byTag = recipe === 'gitlab'
      await withRegistry({ root }, async ({ url, host }) => {
        const place = { url, repository: 'team/app' }
        await push(place, kept, 'v1')
        await push(place, deployed, 'deployed')
        await push(place, signature, signature.descriptor.digest)
        await push(place, index([signature]), kept.descriptor.digest.replace(':', '-'))
        await push(place, untagged, byTag ? 'old' : undefined)
        const home = prepared(recipe)
        const listed = [...kept.children, ...deployed.children, signature, untagged].map(
          (each) => each.descriptor.digest,
        )
        writeFileSync(join(home, 'untagged'), `${listed.join('\n')}\n`)
        writeFileSync(join(home, 'names'), 'old\ndeployed\n')
        const tags = `old ${untagged.descriptor.digest}\ndeployed ${deployed.descriptor.digest}\n`
        writeFileSync(join(home, 'tags'), tags)
        writeFileSync(join(home, 'running.json'), JSON.stringify(podOf(`${host}/team/app:deployed`)))
        const curl = execFileSync('sh', ['-c', 'command -v curl'], { encoding: 'utf8' }).trim()
        const gone = `gone() { echo "$1" >> deleted; ${curl} -fsS -X DELETE "${url}/v2/team/app/manifests/$1"; }`
        tool(home, name, `${gone}\n${script}`)
        const commands = commandsAfter(`<!-- recipe: ${recipe} -->`)
          .replace(/https:\/\/(?:ghcr\.io|\$ECR|\$CI_REGISTRY)/, url)
          .replace('"https://$HARBOR" >', `"${url}" >`)
        const env = { OWNER: 'team', NAME: 'app', PROJECT: 'team', REPO: 'team/app', HARBOR: host, TAGS: `${url}/tags` }
        expect(await shell(commands, home, env)).toMatchObject({
          code: 0,
          stderr: expect.stringContaining('0 unknown'),
        })
        expect(readFileSync(join(home, 'deleted'), 'utf8').trim()).toBe(untagged.descriptor.digest)
      })
      expect(await collectGarbage(root)).toMatchObject({ code: 0 })
      await withRegistry({ root }, async ({ url }) => {
        const walked = await walkRegistry(url, { 'team/app': ['v1', 'deployed', signature.descriptor.digest] })
        expect(walked.map(({ is }) => is)).toEqual(['whole', 'whole', 'whole'])
      })
    },
  )
})

/** A directory to work in, with the command on its path. */
function prepared(name: string): string {
  const home = join(directory, `home-${name}`)
  mkdirSync(join(home, 'tools'), { recursive: true })
  tool(home, 'regfsck', `exec ${process.execPath} ${BIN} "$@"`)
  return home
}

function tool(home: string, name: string, text: string): void {
  writeFileSync(join(home, 'tools', name), `#!/bin/sh\n${text}\n`)
  chmodSync(join(home, 'tools', name), 0o755)
}

function shell(
  commands: string,
  home: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number; readonly stderr: string }> {
  return new Promise((resolve) => {
    const path = `${join(home, 'tools')}:${process.env['PATH'] ?? ''}`
    execFile('sh', ['-c', commands], { cwd: home, env: { PATH: path, ...env } }, (error, _, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stderr })
    })
  })
}

function podOf(name: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { containers: [{ name: 'web', image: name }] },
  }
}

function signatureOf(seed: string, { descriptor: { mediaType, digest, size } }: ManifestNode) {
  return artifact(`signature ${seed}`, 'application/vnd.example.signature', {
    fields: { subject: { mediaType, digest, size } },
  })
}

/** What only the first have. */
function ownBlobs(first: readonly ManifestNode[], others: readonly ManifestNode[]): readonly string[] {
  const needed = new Set(others.flatMap(digestsUnder))
  return first.flatMap(digestsUnder).filter((digest) => !needed.has(digest))
}

function digestsUnder(node: ManifestNode): readonly string[] {
  return manifestsUnder(node).flatMap((each) => [
    each.descriptor.digest,
    ...(each.kind === 'image' ? [each.config, ...each.layers].map(({ descriptor }) => descriptor.digest) : []),
  ])
}
