import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { isRoot } from '../support/builders/faults/odd-files.ts'
import { copyOfFixture } from '../support/builders/fixtures.ts'
import { regfsck, reportIn, scanJson } from '../support/command/run.ts'
import { type Traced, traced, tracing, under, writesAmong } from '../support/command/strace.ts'
import { fingerprint } from '../support/fingerprint.ts'
import { scratch } from '../support/scratch.ts'
import { describeWithServers } from '../support/servers/required.ts'

const NOBODY = 65534
const directory = scratch()
/** All that is on disk of several registries: whole, damaged in every manner, full of garbage, odd. */
const root = join(directory, 'registries')
const whole = 'lawful-nested-repositories'
const fixtures = [
  ...[whole, 'child-deleted-by-gc-m', 'garbage', 'layer-is-a-symlink', 'fifo-in-place-of-layer'],
  ...['layer-altered-middle-byte', 'tag-link-empty'],
]
const everything = ['%file', '%desc', 'io_uring_setup', 'io_uring_enter'].join()

beforeAll(() => {
  execFileSync('mkdir', [root])
  for (const name of fixtures) copyOfFixture(name, join(root, name))
})

describeWithServers(['strace'], 'a scan', () => {
  it.each([
    ['at depth graph', ['--depth', 'graph']],
    ['at depth blobs', ['--depth', 'blobs']],
    ['at depth content', ['--depth', 'content']],
    ['for garbage, that follows symlinks', ['--depth', 'content', '--garbage', '--follow-symlinks']],
  ])('%s writes nothing, and changes nothing', async (_, flags) => {
    const before = fingerprint(root)
    const { ran, calls } = await scanTraced(flags)
    expect(ran.code).toBe(1)
    expect(reportIn(ran).targets).toHaveLength(fixtures.length)
    const seen = under(root, calls)
    for (const name of fixtures) expect(namesOf(under(join(root, name), calls))).toContain('openat')
    expect(namesOf(seen)).toContain('read')
    expect(namesOf(seen)).toContain('getdents64')
    expect(writesAmong(seen)).toEqual([])
    expect(namesOf(calls)).not.toContain('io_uring_setup')
    expect(fingerprint(root)).toEqual(before)
  })
})

describeWithServers(['strace'], 'the watch over system calls', () => {
  const watched = join(directory, 'watched')
  it.each([
    'echo changed > file',
    'echo more >> file',
    'exec 3<> file',
    'touch file',
    'chmod 600 file',
    'truncate -s 0 file',
    'mv file other; mv other file',
    'ln -s file link; rm link',
    'mkdir new; rmdir new',
    'mknod fifo p',
  ])('sees %s', (script) => {
    execFileSync('sh', ['-c', `rm -rf "$0"; mkdir "$0"; echo > "$0/file"`, watched])
    const { strace, calls } = tracing(['-e', everything])
    const [command = '', ...rest] = [...strace, 'sh', '-c', `cd "$0" && ${script}`, watched]
    const before = fingerprint(watched)
    execFileSync(command, rest, { stdio: 'ignore' })
    expect(writesAmong(under(watched, calls()))).not.toEqual([])
    if (!script.startsWith('exec')) expect(fingerprint(watched)).not.toEqual(before)
  })
})

describe.skipIf(!isRoot)('a registry that cannot be written to', () => {
  it('is scanned by somebody who owns none of it, and may only read', async () => {
    const place = copyOfFixture(whole, join(directory, 'mode'))
    execFileSync('chmod', ['-R', 'a=rX', place])
    const before = fingerprint(place)
    const ran = await scanJson([place], ['--depth', 'content', '--garbage'], { uid: NOBODY })
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    expect(fingerprint(place)).toEqual(before)
  })

  it.skipIf(!canMount())('is scanned on a read-only mount by somebody who owns none of it', async () => {
    const place = copyOfFixture('child-deleted-by-gc-m', join(directory, 'mount'))
    execFileSync('chmod', ['-R', 'a+rX', place])
    const ran = await regfsck(['scan', '--output=json', '--recheck-delay=0', '--depth=content', place], {
      under: ['unshare', '-m', 'sh', '-c', `${MOUNT} && ! touch "$0/x" 2>&- && exec ${AS_NOBODY} "$@"`, place],
    })
    expect(ran).toMatchObject({ code: 1, stderr: '' })
    expect(reportIn(ran).targets[0]?.findings.map(({ code }) => code)).toEqual(Array(3).fill('index-child-missing'))
  })
})

const MOUNT = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0"'
const AS_NOBODY = `setpriv --reuid ${NOBODY} --regid ${NOBODY} --clear-groups`

function canMount(): boolean {
  try {
    execFileSync('unshare', ['-m', 'sh', '-c', `${MOUNT} && ${AS_NOBODY} true`, directory], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

function scanTraced(flags: readonly string[]): Promise<Traced> {
  return traced(['-e', everything], ['scan', '--output=json', '--recheck-delay=0', '--concurrency=2', ...flags, root])
}

function namesOf(calls: readonly { readonly name: string }[]): string[] {
  return [...new Set(calls.map(({ name }) => name))]
}
