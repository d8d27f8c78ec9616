import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import type { Finding, FindingCause, FindingCode } from '../../src/check/finding.ts'
import { repairOf } from '../../src/check/repair.ts'
import { parseDigest } from '../../src/oci/digest.ts'
import { digestOf, MEDIA_TYPE } from '../support/images.ts'
import { everyFinding, evidenceAt } from './every-finding.ts'

/** What a shell would run: each command as its words. Nothing is run, and nothing else may be. */
function wordsOf(commands: readonly string[]): string[][] {
  const record = 'record() { printf "%s\\0" "$@" >&3; printf "\\n\\0" >&3; }'
  const fakes = ['rm', 'mv', 'ls', 'curl', 'skopeo', 'sha256sum', 'pwned'].map(
    (name) => `${name}() { record ${name} "$@"; }`,
  )
  const variables = 'REGISTRY=https://registry.example.com SOURCE=docker://source DIGEST=d MEDIA_TYPE=m'
  const script = ['set -f', 'exec 3>&1 1>/dev/null', record, ...fakes, variables, ...commands].join('\n')
  const output = execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8', env: { PATH: process.env['PATH'] } })
  const lines: string[][] = [[]]
  for (const word of output.split('\0').slice(0, -1)) {
    if (word === '\n') lines.push([])
    else lines.at(-1)?.push(word)
  }
  return lines.slice(0, -1)
}

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
  it.each(HOSTILE)('take %j for a path and nothing else', (root) => {
    for (const finding of everyFinding(evidenceAt(root))) {
      const words = wordsOf(repairOf(finding).commands)
      expect(words.map(([name]) => name)).not.toContain('pwned')
      const paths = words.flat().filter((word) => word.includes('/data/'))
      const tame = wordsOf(repairOf({ ...finding, evidence: sameBelow(finding, '/tame') }).commands)
      expect(words.map((line) => line.length)).toEqual(tame.map((line) => line.length))
      for (const path of paths) expect(path.startsWith(root)).toBe(true)
    }
  })

  it('take media types from a manifest for text and nothing else', () => {
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
  const manifest = `https://${registry}/v2/team/app/manifests/${digest}`

  function repair(code: FindingCode, cause: FindingCause, evidence: Finding['evidence']) {
    const dangling = code === 'tag-dangling'
    const about = dangling ? { tag: 'v1', evidence: { ...evidence, digest } } : { digest, evidence }
    const { action, commands } = repairOf({
      code,
      cause,
      severity: 'error',
      repository: 'team/app',
      tags: ['v1'],
      parents: [],
      platforms: [],
      ...about,
    })
    return { action, words: wordsOf(commands) }
  }

  const copy = ['skopeo', 'copy', '--all', '--preserve-digests', 'docker://source', `docker://${registry}/team/app:v1`]

  it.each(['tag-dangling', 'index-child-missing'] as const)(
    'of %s puts the surviving manifest again, where all that it names is there',
    (code) => {
      const survivor = { survivingManifest: '/s/data', survivingMediaType: MEDIA_TYPE.oci.image, namedBlobs: 3 }
      const type = `Content-Type: ${MEDIA_TYPE.oci.image}`
      expect(repair(code, 'revision-link-missing', { ...survivor, presentBlobs: 3 })).toEqual({
        action: 'put-manifest',
        words: [['curl', '-fsS', '-H', type, '-T', '/s/data', manifest]],
      })
      expect(repair(code, 'revision-link-missing', { ...survivor, presentBlobs: 2 })).toEqual({
        action: 'push-again',
        words: [copy],
      })
      expect(repair(code, 'revision-link-missing', {})).toEqual({ action: 'push-again', words: [copy] })
      expect(repair(code, 'manifest-missing', {})).toEqual({ action: 'push-again', words: [copy] })
    },
  )

  it('gives a tag back from its history', () => {
    for (const cause of ['link-missing', 'link-invalid'] as const)
      expect(repair('tag-dangling', cause, { path: '/r/tags/v1/current/link' })).toEqual({
        action: 'retag',
        words: [
          ['ls', '-t', '/r/tags/v1/index/sha256'],
          [
            'skopeo',
            'copy',
            '--all',
            '--preserve-digests',
            `docker://${registry}/team/app@d`,
            `docker://${registry}/team/app:v1`,
          ],
        ],
      })
  })

  it.each([
    ['manifest-damaged', 'empty'],
    ['manifest-damaged', 'digest-mismatch'],
    ['blob-size-mismatch', 'truncated'],
    ['blob-digest-mismatch', 'altered'],
  ] as const)('of %s (%s) puts the bad file aside before the push, which would not replace it', (code, cause) => {
    const aside = ['mv', '/b/data', `${digest.slice(-12)}.bad`]
    expect(repair(code, cause, { path: '/b/data' })).toEqual({ action: 'replace-file', words: [aside, copy] })
  })

  it.each(['unparsable', 'ambiguous', 'media-type-refused'] as const)(
    'of a manifest with the right hash (%s) is a rebuild',
    (cause) => {
      expect(repair('manifest-damaged', cause, { path: '/b/data' })).toEqual({ action: 'rebuild', words: [] })
    },
  )

  it('removes a bad layer link whose bytes are gone, because no push heals it', () => {
    const evidence = { path: '/l/link', blobStored: false, content: '""' }
    expect(repair('layer-missing', 'layer-link-invalid', evidence)).toMatchObject({ words: [['rm', '/l/link'], copy] })
  })

  it.each(['layer-link-missing', 'layer-link-invalid'] as const)(
    'uploads the bytes that are still stored (%s)',
    (cause) => {
      const evidence = { path: '/l/link', blobStored: true, blobPath: '/b/data' }
      const { action, words } = repair('layer-missing', cause, evidence)
      expect(action).toBe('upload-blob')
      expect(words).toEqual([
        ['curl', '-fsSi', '-d', '', `https://${registry}/v2/team/app/blobs/uploads/`],
        ['curl', '-fsS', '-T', '/b/data', `&digest=${digest}`],
      ])
    },
  )

  it('copies at most five tags, and one that names them all is left to the reader', () => {
    const tags = Array.from({ length: 9 }, (_, n) => `v${n}`)
    const [finding] = everyFinding({}).filter(({ code }) => code === 'layer-missing')
    if (finding) expect(repairOf({ ...finding, cause: 'blob-missing', tags }).commands).toHaveLength(5)
    expect.assertions(1)
  })
})
