import { execFile } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parse } from 'yaml'
import { image } from '../support/builders/images.ts'
import { push } from '../support/builders/push.ts'
import { storagePaths } from '../support/builders/storage-paths.ts'
import { BIN } from '../support/command/run.ts'
import { scratch } from '../support/scratch.ts'
import { type RunningRegistry, startRegistry } from '../support/servers/registry.ts'
import { describeWithServers } from '../support/servers/required.ts'

const directory = scratch()
const root = join(directory, 'registry')
const [whole, broken] = [image('whole'), image('broken')]

/** As much of the snippets as is run. */
interface Snippet {
  readonly 'check-image'?: {
    readonly before_script: string[]
    readonly script: string[]
    readonly after_script?: string[]
  }
  readonly steps?: readonly { readonly commands: string[] }[]
  readonly 0?: { readonly run: string }
}

/** The commands of the snippet on each page, as the CI system hands them to its shell, and where the proof ends up. */
const SNIPPETS: readonly {
  readonly page: string
  readonly script: (snippet: Snippet) => string
  readonly proof: string
  readonly line: (proof: string) => string
}[] = [
  {
    page: 'github-actions',
    script: ({ 0: step }) => step?.run ?? '',
    proof: 'github-output',
    line: (proof) => `image=${proof}\n`,
  },
  {
    page: 'gitlab-ci',
    script: ({ 'check-image': job }) =>
      [...(job?.before_script ?? []), ...(job?.script ?? []), ...(job?.after_script ?? [])].join('\n'),
    proof: 'image.env',
    line: (proof) => `IMAGE_PROVED=${proof}\n`,
  },
  {
    page: 'woodpecker',
    script: ({ steps }) => steps?.[0]?.commands.join('\n') ?? '',
    proof: 'image.txt',
    line: (proof) => `${proof}\n`,
  },
]

describeWithServers(['docker-registry'], 'the snippets of docs/ci', () => {
  let registry: RunningRegistry
  const tools = join(directory, 'tools')

  beforeAll(async () => {
    registry = await startRegistry({ root })
    const place = { url: registry.url, repository: 'team/app' }
    await push(place, whole, 'whole')
    await push(place, broken, 'broken')
    rmSync(storagePaths(root).data(broken.layers[0]?.descriptor.digest ?? ''))
    mkdirSync(tools)
    tool('npm', 'exit 0')
    tool('regfsck', `exec ${process.execPath} ${BIN} "$@"`)
  })

  afterAll(() => registry.stop())

  function tool(name: string, line: string): void {
    writeFileSync(join(tools, name), `#!/bin/sh\n${line}\n`)
    chmodSync(join(tools, name), 0o755)
  }

  it.each(SNIPPETS)('$page: passes with the proof of a whole image, and fails on a broken one', async (snippet) => {
    const { page, script, proof, line } = snippet
    const text = readFileSync(fileURLToPath(new URL(`../../docs/ci/${page}.md`, import.meta.url)), 'utf8')
    const [, yaml = ''] = /```yaml\n(.*?)```/s.exec(text) ?? []
    const commands = script(parse(yaml)).replaceAll('registry.example.com/', `http://${registry.host}/`)
    const run = async (tag: string) => {
      const home = mkdtempSync(join(directory, `${page}-`))
      const code = await bash(commands, home, tag)
      const file = join(home, proof)
      return { code, home, said: existsSync(file) ? readFileSync(file, 'utf8') : '' }
    }
    const good = await run('whole')
    expect(good.code).toBe(0)
    expect(good.said).toBe(line(`${registry.host}/team/app@${whole.descriptor.digest}`))
    const bad = await run('broken')
    expect(bad.code).toBe(1)
    expect(bad.said).not.toContain('sha256:')
    for (const { home } of [good, bad])
      if (commands.includes('junit=')) expect(readFileSync(join(home, 'regfsck.xml'), 'utf8')).toContain('<testsuites')
  })

  function bash(commands: string, home: string, tag: string): Promise<number> {
    const env = {
      PATH: `${tools}:${process.env['PATH'] ?? ''}`,
      HOME: home,
      IMAGE: `http://${registry.host}/team/app:${tag}`,
      GITHUB_OUTPUT: join(home, 'github-output'),
      GITHUB_STEP_SUMMARY: join(home, 'summary.md'),
      CI_COMMIT_SHA: tag,
      CI_REGISTRY: 'registry.test',
      CI_REGISTRY_USER: 'ci',
      CI_REGISTRY_PASSWORD: 'secret',
      REGISTRY_CONFIG: '{}',
      REGFSCK_RECHECK_DELAY: '0',
    }
    return new Promise((resolve) => {
      const file = join(home, 'step.sh')
      writeFileSync(file, commands)
      execFile('bash', ['-eo', 'pipefail', file], { cwd: home, env }, (error) => {
        resolve(typeof error?.code === 'number' ? error.code : 0)
      })
    })
  }
})
