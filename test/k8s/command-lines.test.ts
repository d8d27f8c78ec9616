import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readServeRequest } from '../../src/cli/serve/serve-request.ts'
import { regfsckHere } from '../support/command/run-in-process.ts'
import { scratch } from '../support/scratch.ts'
import { commandLines } from './command-lines.ts'
import { overlays, rendered } from './manifests.ts'

const lines = overlays().flatMap((overlay) =>
  commandLines(rendered(overlay)).map((line) => ({ overlay, ...line, command: line.args.join(' ') })),
)
const scans = lines.filter(({ args }) => args[0] === 'scan')
const services = lines.filter(({ args }) => args[0] === 'serve')

describe('the command line of', () => {
  // One mistake more, so that nothing is scanned: where it is the only one that is told, all else is accepted.
  it.each(scans)('$overlay, $title is accepted: regfsck $command', async ({ args }) => {
    const ran = await regfsckHere([...args, '--color=mauve'])
    expect([ran.code, ran.stderr]).toEqual([2, 'regfsck: --color: expected auto, always or never, not "mauve"\n'])
  })

  it('the pod that checks what is deployed reads the file that kubectl wrote before', async () => {
    const [check, ...others] = lines.filter(({ args }) => args[0] === 'check')
    expect(others).toEqual([])
    const ran = await regfsckHere([...(check?.args ?? []), '--color=mauve'])
    expect([ran.code, ran.stderr]).toEqual([2, 'regfsck: --color: expected auto, always or never, not "mauve"\n'])
    expect(JSON.stringify(rendered('deployed'))).toContain(`> ${check?.args[1]?.replace('--from=', '')}"`)
  })

  it('another one with an unknown option, or a slice that there is not, would not be', async () => {
    const [first] = scans
    const ran = await regfsckHere([...(first?.args ?? []), '--fail-of=never', '--shard=4/4'])
    expect(ran.stderr.split('\n')).toEqual([
      expect.stringContaining('unknown option "--fail-of"'),
      expect.stringContaining('--shard: expected I/N'),
      '',
    ])
  })

  it('every pod uses all that its ConfigMap sets', () => {
    for (const { args, written, env } of scans) {
      const used = (name: string) => written.some((arg) => arg.includes(`$(${name})`))
      expect(args.filter((arg) => arg.includes('$('))).toEqual([])
      expect(Object.keys(env).filter((name) => name !== 'DOCKER_CONFIG' && !used(name))).toEqual([])
    }
  })

  it('every pod of a job in slices is for another slice', () => {
    const slices = scans.filter(({ overlay }) => overlay === 'sharded').map(({ args }) => args.at(-1))
    expect(slices).toEqual(['--shard=0/4', '--shard=1/4', '--shard=2/4', '--shard=3/4'])
  })

  it.each(services)('$overlay, $title leads to a configuration that is accepted', async ({ overlay, args }) => {
    expect(args).toEqual(['serve', '--config', '/etc/regfsck/regfsck.yaml'])
    const { listen, plans, references } = await readServeRequest(configFileOf(overlay), { env: {} })
    // IPv6 and IPv4: a cluster may have either alone.
    expect(listen).toEqual({ host: '::', port: 9847 })
    const isOfCluster = overlay === 'serve-cluster'
    expect(plans.map(({ profile }) => profile)).toEqual(isOfCluster ? [] : ['fast', 'deep'])
    expect(references.map(({ target }) => target)).toEqual(isOfCluster ? ['kubernetes; all namespaces'] : [])
  })
})

/** The file that the pod has, with a state directory that this machine has. */
function configFileOf(overlay: string): string {
  const directory = scratch()
  const texts = rendered(overlay).flatMap(({ kind, data }) =>
    kind === 'ConfigMap' ? (data?.['regfsck.yaml'] ?? []) : [],
  )
  const file = join(directory, 'regfsck.yaml')
  mkdirSync(join(directory, 'state'))
  writeFileSync(file, texts.join().replace('/var/lib/regfsck', join(directory, 'state')))
  return file
}
