import { describe, expect, it } from 'vitest'
import type { ScanEvent } from '../../src/check/events.ts'
import { fileEvents } from '../../src/references/file-events.ts'
import { type TableStyle, tableReport } from '../../src/report/table/table.ts'
import { brokenEvents, cleanEvents, unreadableEvents, written } from './events.ts'

const table =
  (style: Partial<TableStyle> = {}) =>
  (write: (text: string) => void) =>
    tableReport(write, { color: false, columns: 100, ...style })

describe('the table', () => {
  it('of a registry that is whole', async () => {
    expect(written(table(), await cleanEvents())).toMatchInlineSnapshot(`
      "clean  /memory

        1 repository, 1 tag: 1 intact
        3 manifests; 6 blobs
        Depth blobs: every config and layer was checked by size; altered bytes of equal size are not
        detected (--depth content detects them).

      CLEAN  everything that was checked is intact.
      "
    `)
  })

  it('of a registry that a garbage collection broke', async () => {
    expect(written(table(), await brokenEvents())).toMatchInlineSnapshot(`
      "broken  /memory

        ERROR  team/app:latest  cannot be pulled  linux/amd64, linux/arm64
          index-child-missing (revision-link-missing), 2 times
            The index is served, but this child is not: its revision link is gone.
            sha256:ae241ecde65dff786fb8a92bad97a39cde7e75d1e50add6fd9db68bea03a83c8  linux/amd64
            sha256:dd3492a025f94d23b40187aa954efbfef98c86ce671a074559aeb43a6a28352b  linux/arm64
          What to do: push-again
            This is what garbage-collect -m (--delete-untagged) of distribution 2.8.3 and older does to
            the children of a tagged index: remove -m from the job, or upgrade to 3.x. Copy the image from
            a registry that still has all of it, which keeps its digests, or rebuild and push it.
            $ sh -c "$RESTART" && curl -sS -o /dev/null --retry 30 --retry-delay 1 --retry-connrefused "$REGISTRY/v2/"
            $ regfsck check --recheck-delay 0 "$REGISTRY/team/app:latest" >/dev/null 2>&1 || skopeo copy --all --preserve-digests --src-tls-verify="$(case $SOURCE in http:*) echo false ;; *) echo true ;; esac)" --dest-tls-verify="$(case $REGISTRY in http:*) echo false ;; *) echo true ;; esac)" "docker://\${SOURCE#*://}/team/app@sha256:4274cac4cbb2651413204f8b804867c5da6749ac851390900618863f93ee605d" "docker://\${REGISTRY#*://}/team/app:latest"
            $ regfsck check "$REGISTRY/team/app:latest"

        ERROR  team/app:v1, team/app:v2  cannot be pulled
          blob-size-mismatch (truncated)
            The file is truncated: 2 bytes instead of 286 bytes.
            sha256:292d5a91739daa9a91ac865674fdfaa6861ed645bfb8823b9f356fe35a0618fc
          What to do: replace-file
            A crash, a full disk or a storage fault. Pushing again gets 201 and does not repair it: move
            the bad file away first. Every repository with this digest reads the same file.
            $ ( f=/memory/docker/registry/v2/blobs/sha256/29/292d5a91739daa9a91ac865674fdfaa6861ed645bfb8823b9f356fe35a0618fc/data; q=\${QUARANTINE:-}; [ -n "$q" ] || q=./quarantine; [ ! -e "$f" ] || [ "$(sha256sum <"$f" 2>/dev/null)" = '292d5a91739daa9a91ac865674fdfaa6861ed645bfb8823b9f356fe35a0618fc  -' ] || { n=$(date -u +%Y%m%dT%H%M%SZ)-18a0cde45c7d-data; mkdir -p "$q" && mv "$f" "$q/$n" && printf '%s\\t%s\\n' "$n" "$f" >>"$q/MANIFEST.tsv"; } )
            $ sh -c "$RESTART" && curl -sS -o /dev/null --retry 30 --retry-delay 1 --retry-connrefused "$REGISTRY/v2/"
            $ regfsck check --recheck-delay 0 "$REGISTRY/team/app:v1" >/dev/null 2>&1 || skopeo copy --all --preserve-digests --src-tls-verify="$(case $SOURCE in http:*) echo false ;; *) echo true ;; esac)" --dest-tls-verify="$(case $REGISTRY in http:*) echo false ;; *) echo true ;; esac)" "docker://\${SOURCE#*://}/team/app@sha256:e90dee788f1e164e53a730db0469932914c933c389956b048e4e850458008c66" "docker://\${REGISTRY#*://}/team/app:v1"
            $ regfsck check --recheck-delay 0 "$REGISTRY/team/app:v2" >/dev/null 2>&1 || skopeo copy --all --preserve-digests --src-tls-verify="$(case $SOURCE in http:*) echo false ;; *) echo true ;; esac)" --dest-tls-verify="$(case $REGISTRY in http:*) echo false ;; *) echo true ;; esac)" "docker://\${SOURCE#*://}/team/app@sha256:e90dee788f1e164e53a730db0469932914c933c389956b048e4e850458008c66" "docker://\${REGISTRY#*://}/team/app:v2"
            $ regfsck check "$REGISTRY/team/app:v1"
            $ regfsck check "$REGISTRY/team/app:v2"

        WARNING  team/app
          orphan-layer-link (blob-missing)
            A layer link points to a blob that is gone; no remaining manifest needs it.
            sha256:88f6811ab5d8fc6d3177f9b7609ae0fcebfda187e5046b62d38bb539e88b74d7
          What to do: none
            Garbage collection of distribution 2.8 leaves such links. Nothing needs them, and 3.x removes
            them.

        UNCHECKED  STORE_DENIED, 1 times
            /memory/docker/registry/v2/blobs/sha256/7e/7eec0f5ecfc0fe0c3387722d02658dcd3da6b6030f34cd4192f0b220316e2e6a/data was not to be had (other/app@sha256:7eec0f5ecfc0fe0c3387722d02658dcd3da6b6030f34cd4192f0b220316e2e6a)

        2 repositories, 4 tags: 3 cannot be pulled, 1 unchecked, 0 intact
        5 manifests (2 damaged or missing); 6 blobs (1 damaged or missing, 1 unchecked)
        Depth blobs: every config and layer was checked by size; altered bytes of equal size are not
        detected (--depth content detects them).
        Not everything could be checked.

      DAMAGED  regfsck explain CODE shows how to confirm a finding by hand and how to repair it. --output repair=FILE writes all repairs as one script, in order. Nothing was written or deleted.
      "
    `)
  })

  it('of a target that cannot be read', async () => {
    expect(written(table(), await unreadableEvents())).toMatchInlineSnapshot(`
      "lost  /memory

        UNREADABLE  /memory/docker/registry/v2/blobs is missing or empty although /memory has links to it:
        is it mounted?

      INCOMPLETE  not everything could be checked: the registry may still be damaged.
      "
    `)
  })

  it('of files that cannot be read says that what is deployed may be broken, not the registry', () => {
    const events: readonly ScanEvent[] = fileEvents(
      {
        unknown: [],
        unreadable: [{ place: { file: 'compose.yaml', line: 1, column: 1 }, because: 'it does not exist' }],
        skipped: [],
        totals: { files: 0, references: 0, images: 0 },
      },
      { target: 'compose.yaml', registry: 'references', kind: 'references', depth: 'blobs', pullThrough: false },
    )
    const last = written(table(), events).trimEnd().split('\n').at(-1)
    expect(last).toBe('INCOMPLETE  not everything could be checked: what is deployed may still be broken.')
  })

  it('of a command without --output names the command that has it', async () => {
    const events = [...(await brokenEvents()), ...(await unreadableEvents())]
    const text = written(table({ commandWithOutputs: 'regfsck check --from FILE' }), events)
    expect(text).toContain(' regfsck check --from FILE --output repair=FILE writes all repairs as one script')
    const usual = written(table(), events)
    expect(text.replaceAll('regfsck check --from FILE --output', '--output')).toBe(usual)
  })

  it('has no colour unless it is asked for, and says the same with it', async () => {
    const events = [...(await brokenEvents()), ...(await unreadableEvents())]
    const plain = written(table(), events)
    const colored = written(table({ color: true }), events)
    expect(plain).not.toContain('\u001b')
    expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(plain)
    expect(colored).toContain('\u001b[31mERROR\u001b[39m')
  })

  it('keeps its sentences to the width', async () => {
    const events = [...(await brokenEvents()), ...(await unreadableEvents())]
    for (const columns of [80, 100, 120]) {
      const sentences = written(table({ columns }), events)
        .split('\n')
        .filter((line) => /^ {6}[A-Za-z]/.test(line) && !/sha256:|\/memory/.test(line))
      expect(sentences.length).toBeGreaterThan(8)
      for (const line of sentences) expect(line.length).toBeLessThanOrEqual(columns)
    }
  })

  it('shows findings of one kind once, and how many there are', async () => {
    const events = (await brokenEvents()).flatMap((event): ScanEvent[] => {
      if (event.type !== 'finding' || event.finding.code !== 'orphan-layer-link') return [event]
      return Array.from({ length: 20 }, () => event)
    })
    const text = written(table(), events)
    expect(text).toContain('orphan-layer-link (blob-missing), 20 times')
    expect(text.match(/orphan-layer-link/g)).toHaveLength(1)
    expect(text).toContain('and 8 more; --output json lists all')
  })

  it('sums up what only takes up space', async () => {
    const waste = (bytes: number): ScanEvent => ({
      type: 'finding',
      finding: {
        id: '0123456789abcdef',
        code: 'blob-unreferenced',
        cause: 'unreferenced',
        severity: 'notice',
        repository: undefined,
        tags: [],
        parents: [],
        platforms: [],
        evidence: { path: `/memory/${bytes}`, bytes },
        message: `No manifest names this blob: ${bytes} bytes.`,
        repair: { action: 'none', why: 'A garbage collection frees it.', commands: [] },
        confirmed: true,
      },
    })
    const [target, ...rest] = await cleanEvents()
    if (!target) throw new Error('no target')
    const one = written(table(), [target, waste(5), ...rest])
    expect(one).toContain('No manifest names this blob: 5 bytes.')
    const two = written(table(), [target, waste(5), waste(7), ...rest])
    expect(two).toContain(
      'NOTICE  the registry\n    blob-unreferenced (unreferenced), 2 times\n      2 objects, 12 bytes in total.',
    )
  })

  it('names what is unchecked by its reason, and apart from that what was skipped', async () => {
    const unchecked = Array.from(
      { length: 10 },
      (_, n): ScanEvent => ({
        type: 'unchecked',
        record: {
          repository: 'app',
          tag: `v${n}`,
          path: `/memory/${n}`,
          because: 'SYMLINK',
          detail: 'is a symbolic link',
        },
      }),
    )
    const skipped: ScanEvent = {
      type: 'unchecked',
      record: { repository: 'app', digest: 'blake3:x', because: 'ALGORITHM_UNKNOWN' },
    }
    const [target, ...rest] = await cleanEvents()
    if (!target) throw new Error('no target')
    const text = written(table(), [target, ...unchecked, skipped, ...rest])
    expect(text).toMatch(/^ {2}UNCHECKED {2}SYMLINK, 10 times$/m)
    expect(text).toMatch(/^ {6}\/memory\/0 is a symbolic link \(app:v0\)$/m)
    expect(text).toContain('and 2 more; --output json lists all')
    expect(text).toMatch(/^ {2}SKIPPED {2}ALGORITHM_UNKNOWN, 1 times?\n {6}app@blake3:x$/m)
  })

  it('says of what was seen once that it was not seen again', async () => {
    const unconfirmed = (await brokenEvents()).map(
      (event): ScanEvent =>
        event.type === 'finding' ? { ...event, finding: { ...event.finding, confirmed: false } } : event,
    )
    expect(written(table(), unconfirmed)).toMatch(/Seen only once: it was not checked again/)
    expect(written(table(), await brokenEvents())).not.toContain('Seen only once')
  })

  it.each([
    [{ depth: 'graph' }, 'blobs not checked'],
    [{ depth: 'graph' }, 'manifests were checked; configs and layers were not'],
    [{ depth: 'blobs' }, 'altered bytes of equal size are not detected'],
    [{ depth: 'content' }, 'every byte that a tag or revision needs was hashed'],
    [{ pullThrough: true }, 'A pull-through cache: what is missing is fetched on demand'],
  ] as const)('says in words what %j does not see: %s', async (info, words) => {
    const events = (await cleanEvents()).map(
      (event): ScanEvent => (event.type === 'target' ? { type: 'target', info: { ...event.info, ...info } } : event),
    )
    expect(written(table(), events).replaceAll(/\s+/g, ' ')).toContain(words)
  })

  it.each([
    [{ stopped: true, complete: false }, 'Stopped before it finished.'],
    [{ complete: false }, 'Not everything could be checked.'],
    [{ garbage: 'uploads-only' }, 'Unused blobs were not searched for'],
  ] as const)('says how it ended: %j', async (ending, words) => {
    const ended = (await cleanEvents()).map(
      (event): ScanEvent => (event.type === 'summary' ? { ...event, ...ending } : event),
    )
    expect(written(table(), ended)).toContain(words)
    expect(written(table(), await cleanEvents())).not.toContain(words)
  })

  it.each([
    ['DAMAGED', { errors: 1 }],
    ['INCOMPLETE', { complete: false }],
    ['WARNING', { lostContent: 1 }],
    ['EMPTY', { objects: 0 }],
    ['CLEAN', {}],
  ])('ends with the verdict of the run: %s', (word, changes) => {
    const counts = { errors: 0, warnings: 0, lostContent: 0, objects: 1, complete: true, ...changes }
    expect(written(table(), [], { counts })).toMatch(new RegExp(`^${word}  .+\\.\n$`))
  })
})
