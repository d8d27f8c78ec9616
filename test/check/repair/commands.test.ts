import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { FindingCause, FindingCode } from '../../../src/check/findings/code.ts'
import type { AnyFinding, Finding } from '../../../src/check/findings/finding.ts'
import type { RepairPlace } from '../../../src/check/repair/place.ts'
import type { RepairStep } from '../../../src/check/repair/step.ts'
import { parseDigest } from '../../../src/oci/digest.ts'
import { digestOf, MEDIA_TYPE } from '../../support/builders/images.ts'
import { ON_DISK, repairOf } from '../../support/builders/repair.ts'
import { scratch } from '../../support/scratch.ts'
import { asFinding, everyFinding, evidenceAt } from '../findings/every-finding.ts'

/** What a shell would run of them: each command as its words. Nothing is run, and nothing else may be. */
function wordsOf(commands: readonly string[]): string[][] {
  const record = 'record() { printf "%s\\0" "$@" >&3; printf "\\n\\0" >&3; }'
  const fakes = ['mkdir', 'mv', 'sh', 'skopeo', 'pwned'].map((name) => `${name}() { record ${name} "$@"; }`)
  // What asks whether something is whole answers no, so that everything is done.
  fakes.push('regfsck() { record regfsck "$@"; return 1; }', 'curl() { record curl "$@"; [ "$1" != -nfsI ]; }')
  const variables = 'REGISTRY=https://registry.example.com SOURCE=http://source.example.com RESTART=restart-it'
  const script = ['set -f', 'exec 3>&1 1>/dev/null', record, ...fakes, variables, ...commands, 'true'].join('\n')
  const output = execFileSync('/bin/sh', ['-c', script], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: process.env['PATH'] },
  })
  const lines: string[][] = [[]]
  for (const word of output.split('\0').slice(0, -1)) {
    if (word === '\n') lines.push([])
    else lines.at(-1)?.push(word)
  }
  return lines.slice(0, -1)
}

const directory = scratch()
/** A file whose bytes are those of the digest below, and one whose are not. */
const BYTES = join(directory, 'bytes')
const WRONG = join(directory, 'wrong')
writeFileSync(BYTES, 'it')
writeFileSync(WRONG, 'other')

const HOSTILE = [
  '/data/with space',
  '/data/it\'s "quoted"',
  '/data/$(pwned) `pwned` $HOME',
  '/data/x; pwned; #',
  '/data/x && pwned | pwned > /dev/null',
  '/data/* ? [a-z] ~ !x \\',
  '/data/a\nb\tc\rpwned',
  "/data/'; pwned; '",
  '/data/-rf',
  '/data/é \u202e \u0001',
]

describe('the commands of a repair', () => {
  it.each(HOSTILE)('treat %j only as a path', (root) => {
    for (const finding of everyFinding(evidenceAt(root))) {
      const words = wordsOf(repairOf(finding).commands)
      expect(words.map(([name]) => name)).not.toContain('pwned')
      const paths = words.flat().filter((word) => word.includes('/data/'))
      const tame = wordsOf(repairOf(asFinding({ ...finding, evidence: sameBelow(finding, '/tame') })).commands)
      expect(words.map((line) => line.length)).toEqual(tame.map((line) => line.length))
      for (const path of paths) expect(path.startsWith(root)).toBe(true)
    }
  })

  it('treat media types of a manifest only as text', () => {
    const evidence = { ...evidenceAt('/data'), survivingMediaType: "x'; pwned; '$(pwned)", mediaType: '"$(pwned)"' }
    for (const finding of everyFinding(evidence)) {
      const words = wordsOf(repairOf(finding).commands)
      expect(words.map(([name]) => name)).not.toContain('pwned')
    }
  })

  function sameBelow(finding: Finding, root: string): Finding['evidence'] {
    const rest = Object.entries(finding.evidence).filter(([name]) => !(name in evidenceAt(root)))
    return { ...evidenceAt(root), ...Object.fromEntries(rest) }
  }
})

describe('a repair', () => {
  const digest = parseDigest(digestOf(Buffer.from('it')))
  const registry = 'registry.example.com'
  const root = digestOf(Buffer.from('the index'))
  const place: RepairPlace = { ...ON_DISK, quarantine: directory, digestOf: () => root }
  const manifest = `https://${registry}/v2/team/app/manifests/${digest}`

  function repair(code: FindingCode, cause: FindingCause, more: Partial<AnyFinding>) {
    const dangling = code === 'tag-dangling'
    const about = dangling ? { tag: 'v1', evidence: { digest } } : { digest, evidence: {} }
    const finding = { code, cause, severity: 'error', repository: 'team/app', tags: ['v1'], parents: [] } as const
    const { action, commands } = repairOf(asFinding({ ...finding, platforms: [], ...about, ...more }), place)
    return { action, words: wordsOf(commands) }
  }

  const restart = [
    ['sh', '-c', 'restart-it'],
    [
      'curl',
      '-sS',
      '-o',
      '/dev/null',
      '--retry',
      '30',
      '--retry-delay',
      '1',
      '--retry-connrefused',
      `https://${registry}/v2/`,
    ],
  ]
  const check = ['regfsck', 'check', `https://${registry}/team/app:v1`]
  const copy = [
    ...['skopeo', 'copy', '--all', '--preserve-digests', '--src-tls-verify=false', '--dest-tls-verify=true'],
    `docker://source.example.com/team/app@${root}`,
    `docker://${registry}/team/app:v1`,
  ]
  /** A copy too many does no harm, so nobody waits for a second look. */
  const guard = ['regfsck', 'check', '--recheck-delay', '0', `https://${registry}/team/app:v1`]
  const copied = [...restart, guard, copy, check]

  it.each(['tag-dangling', 'index-child-missing'] as const)(
    'of %s puts the surviving manifest again, if everything that it names exists',
    (code) => {
      const put: RepairStep = {
        does: 'push',
        repository: 'team/app',
        digest,
        file: BYTES,
        mediaType: MEDIA_TYPE.oci.image,
      }
      const salvage = {
        digest,
        file: BYTES,
        mediaType: MEDIA_TYPE.oci.image,
        named: 3,
        present: 3,
        quarantines: [],
        steps: [put],
      }
      const type = `Content-Type: ${MEDIA_TYPE.oci.image}`
      expect(repair(code, 'revision-link-missing', { salvage: { ...salvage, isWhole: true } })).toEqual({
        action: 'put-manifest',
        words: [...restart, ['curl', '-nfsS', '-o', '/dev/null', '-H', type, '-T', BYTES, manifest], check],
      })
      const pushed = { action: 'push-again', words: copied }
      expect(repair(code, 'revision-link-missing', { salvage: { ...salvage, isWhole: false } })).toEqual(pushed)
      expect(repair(code, 'revision-link-missing', {})).toEqual(pushed)
      expect(repair(code, 'manifest-missing', {})).toEqual(pushed)
    },
  )

  it.each([
    ['manifest-damaged', 'empty'],
    ['manifest-damaged', 'digest-mismatch'],
    ['blob-size-mismatch', 'truncated'],
    ['blob-digest-mismatch', 'altered'],
  ] as const)('of %s (%s) puts the bad file aside before the push, which would not replace it', (code, cause) => {
    const { action, words } = repair(code, cause, { evidence: { path: WRONG } })
    expect(action).toBe('replace-file')
    expect(words.map(([name]) => name)).toEqual(['mkdir', 'mv', 'sh', 'curl', 'regfsck', 'skopeo', 'regfsck'])
    expect(words[0]).toEqual(['mkdir', '-p', directory])
    expect(words[1]).toEqual(['mv', WRONG, expect.stringMatching(/\/\d{8}T\d{6}Z-\w{12}-data$/)])
  })

  it('does not move a file that is right by now', () => {
    const { words } = repair('blob-digest-mismatch', 'altered', { evidence: { path: BYTES } })
    expect(words).toEqual(copied)
  })

  it.each(['unparsable', 'ambiguous', 'media-type-refused'] as const)(
    'of a manifest with the right hash (%s) is a rebuild',
    (cause) => {
      expect(repair('manifest-damaged', cause, { evidence: { path: WRONG } })).toEqual({ action: 'rebuild', words: [] })
    },
  )

  it('moves a bad layer link away whose bytes are gone, because it blocks every push', () => {
    const evidence = { path: WRONG, blobStored: false, content: '""' }
    const { words } = repair('layer-missing', 'layer-link-invalid', { evidence })
    expect(words.slice(0, 2).map(([name]) => name)).toEqual(['mkdir', 'mv'])
    expect(words.slice(2)).toEqual(copied)
  })

  describe('of a link that an unreadable object may need', () => {
    const evidence = { path: WRONG, content: '""', ownersUnread: true }
    const loose = { severity: 'warning', tags: [], evidence } as const

    it('moves it only after all of that is found intact', () => {
      const needers = ['v1', root]
      const { action, words } = repair('link-invalid', 'revision-link-invalid', { ...loose, needers })
      expect(action).toBe('remove-link')
      // It is asked for the first alone, which is not whole here.
      expect(words).toEqual([['regfsck', 'check', '--recheck-delay', '0', `https://${registry}/team/app:v1`]])
    })

    it('leaves it in place if that cannot be named', () => {
      expect(repair('link-invalid', 'revision-link-invalid', loose)).toEqual({ action: 'none', words: [] })
    })

    it('moves it at once if that is no image at all, such as a file among the tags', () => {
      const { words } = repair('link-invalid', 'revision-link-invalid', { ...loose, needers: [] })
      expect(words.map(([name]) => name)).toEqual(['mkdir', 'mv', 'sh', 'curl'])
    })

    it('leaves it in a pull-through cache', () => {
      const finding = { code: 'link-invalid', cause: 'revision-link-invalid', repository: 'team/app', digest } as const
      const { commands } = repairOf(
        { ...finding, ...loose, parents: [], platforms: [], needers: ['v1'] },
        { ...place, pullThrough: true },
      )
      expect(commands).toEqual([])
    })
  })

  it('uploads the bytes that are still stored', () => {
    const evidence = { path: '/l/link', blobStored: true, blobPath: BYTES }
    const { action, words } = repair('layer-missing', 'layer-link-missing', { evidence })
    expect(action).toBe('upload-blob')
    expect(words).toEqual([
      ...restart,
      ['curl', '-nfsI', '-o', '/dev/null', `https://${registry}/v2/team/app/blobs/${digest}`],
      ['curl', '-nfsS', '-o', '/dev/null', '-D', '-', '-d', '', `https://${registry}/v2/team/app/blobs/uploads/`],
      ['curl', '-nfsS', '-o', '/dev/null', '-T', BYTES, `?digest=${digest}`],
      check,
    ])
  })

  it('copies at most five tags beside a finding, and prints the number of the others', () => {
    const tags = Array.from({ length: 9 }, (_, n) => `v${n}`)
    const [finding] = everyFinding({}).filter(({ code }) => code === 'layer-missing')
    const { commands } = repairOf(asFinding({ ...(finding as Finding), cause: 'blob-missing', tags }), place)
    expect(commands.filter((command) => command.includes('skopeo'))).toHaveLength(5)
    expect(commands.at(-1)).toBe('# and 4 more tags: --output repair lists all')
  })
})
