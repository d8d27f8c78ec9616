import { compareText } from '../../../check/compare-text.ts'
import type { ToldFinding } from '../../../check/events.ts'
import type { TagRecord } from '../../../check/judge/judge.ts'
import { imageName } from '../../../oci/image-name.ts'
import type { ReportTarget } from '../../json/document.ts'

/** Tags of one repository that lead to the same manifest and are hit by the same findings: one image, one story. */
export interface Case {
  readonly repository: string
  readonly tags: readonly string[]
  /** What the tags lead to. */
  readonly digest: string | undefined
  readonly verdict: CaseVerdict
  readonly findings: readonly ToldFinding[]
  /** The manifests that other tags of the repository lead to. */
  readonly otherRoots: ReadonlySet<string>
}

/** `damaged`: hit by an error, and the tag's own verdict is not in the report. `warning`: whole, with something to say. */
export type CaseVerdict = 'unpullable' | 'damaged' | 'degraded' | 'warning'

const RANK: Readonly<Record<CaseVerdict, number>> = { unpullable: 0, damaged: 1, degraded: 2, warning: 3 }

/** What is wrong, image by image, the worst first. */
export function casesOf({ tags, findings }: ReportTarget): readonly Case[] {
  const images = new Map<string, Image>()
  const imageOf = (repository: string, tag: string): Image => {
    const key = imageName(repository, tag)
    const image = images.get(key) ?? { repository, tag, record: undefined, findings: [] }
    images.set(key, image)
    return image
  }
  for (const finding of findings)
    for (const tag of tagsHit(finding)) imageOf(finding.repository ?? '', tag).findings.push(finding)
  for (const record of tags) {
    const isBroken = record.verdict === 'unpullable' || record.verdict === 'degraded'
    if (isBroken || images.has(imageName(record.repository, record.tag)))
      imageOf(record.repository, record.tag).record = record
  }
  const roots = rootsOf(tags)
  return [...grouped(images.values())]
    .map((group) => caseOf(group, roots))
    .sort((a, b) => RANK[a.verdict] - RANK[b.verdict] || compareText(a.repository, b.repository))
}

/** Every tag that a finding is told with. */
export function tagsHit({ tags, tag }: ToldFinding): readonly string[] {
  return tags.length > 0 || tag === undefined ? tags : [tag]
}

interface Image {
  readonly repository: string
  readonly tag: string
  record: TagRecord | undefined
  readonly findings: ToldFinding[]
}

type Group = readonly [Image, ...Image[]]

function grouped(images: Iterable<Image>): Iterable<Group> {
  const groups = new Map<string, [Image, ...Image[]]>()
  for (const image of images) {
    const { repository, tag, record, findings } = image
    const ids = findings.map(({ id }) => id)
    const key = JSON.stringify([repository, record?.digest ?? `:${tag}`, record?.verdict, ids])
    const group = groups.get(key)
    if (group) group.push(image)
    else groups.set(key, [image])
  }
  return groups.values()
}

function caseOf(group: Group, roots: ReadonlyMap<string, ReadonlySet<string>>): Case {
  const [{ repository, record, findings }] = group
  const digest = record?.digest
  return {
    repository,
    tags: group.map(({ tag }) => tag).sort(compareText),
    digest,
    verdict: verdictOf(record, findings),
    findings,
    otherRoots: roots.get(repository) ?? new Set(),
  }
}

function verdictOf(record: TagRecord | undefined, findings: readonly ToldFinding[]): CaseVerdict {
  if (record?.verdict === 'unpullable' || record?.verdict === 'degraded') return record.verdict
  return findings.some(({ severity }) => severity === 'error') ? 'damaged' : 'warning'
}

function rootsOf(tags: readonly TagRecord[]): ReadonlyMap<string, ReadonlySet<string>> {
  const roots = new Map<string, Set<string>>()
  for (const { repository, digest } of tags) {
    if (digest === undefined) continue
    const known = roots.get(repository) ?? new Set()
    roots.set(repository, known.add(digest))
  }
  return roots
}
