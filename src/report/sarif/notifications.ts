import type { TargetInfo } from '../../check/events.ts'
import { useText } from '../../check/findings/phrases.ts'
import type { UncheckedRecord } from '../../check/records.ts'
import { isSkip } from '../../check/store-error.ts'
import type { Use } from '../../check/use.ts'
import { imageName } from '../../oci/image-name.ts'
import type { TargetRecords } from '../records/target-records.ts'
import type { Descriptors } from './descriptors.ts'
import { atPath, inFile, inRegistry, type Location } from './locations.ts'

/** Something that kept a run from saying more. @see SARIF 2.1.0, 3.58 */
export interface Notification {
  readonly level: 'error' | 'warning' | 'note'
  readonly message: { readonly text: string }
  readonly descriptor?: { readonly id: string; readonly index: number }
  readonly locations: readonly Location[]
}

/** What could not be checked in a target, and the target itself. */
export function notificationsOf(
  target: TargetRecords,
  codes: Descriptors<UncheckedRecord['because']>,
): readonly Notification[] {
  const { info, unchecked, stillKnown, end } = target
  const why =
    end?.type === 'unreadable' ? end.reason : end?.stopped ? 'The scan was stopped before it finished.' : undefined
  const { registry } = info
  return [
    ...unchecked.map((record) => ofRecord(record, target, codes)),
    ...stillKnown.map(({ code, repository, tag, digest }): Notification => {
      const name = [registry, repository, tag ?? digest].filter((part) => part !== undefined).join(' ')
      const text = `${name}: ${code} is known from earlier runs, and was not checked this time`
      return { level: 'warning', message: { text }, locations: [inRegistry(name)] }
    }),
    ...(why === undefined ? [] : [ofTarget(why, target)]),
  ]
}

function ofTarget(why: string, { info }: TargetRecords): Notification {
  const locations = (info.usedBy ?? []).map((use) => inFile(use, info.target))
  const text = `${info.target}: ${why}`
  return { level: 'error', message: { text }, locations: locations.length > 0 ? locations : [inRegistry(info.target)] }
}

function ofRecord(
  { repository, tag, digest, path, pattern, because, detail }: UncheckedRecord,
  { info }: TargetRecords,
  codes: Descriptors<UncheckedRecord['because']>,
): Notification {
  const about = tag ?? digest ?? path ?? pattern
  const inside = repository === undefined ? about : about === undefined ? repository : nameIn(repository, about)
  const isFile = info.kind === 'references'
  const name = isFile ? (path ?? info.target) : [info.registry, inside].filter((part) => part !== undefined).join('/')
  const uses = usesIn(detail, info).map((use) => inFile(use, name))
  return {
    level: isSkip(because) ? 'note' : 'error',
    message: { text: `${name}: ${because}${detail === undefined ? '' : `: ${detail}`}` },
    descriptor: { id: because, index: codes.indexOf(because) },
    locations: uses.length > 0 ? uses : [isFile && path !== undefined ? atPath(path) : inRegistry(name)],
  }
}

/** The uses that the detail names, else all: the whole image could not be checked. */
function usesIn(detail: string | undefined, { usedBy = [] }: TargetInfo): readonly Use[] {
  const named = usedBy.filter((use) => detail?.includes(useText(use)))
  return named.length > 0 ? named : usedBy
}

/** A path is not a part of an image's name. */
function nameIn(repository: string, about: string): string {
  return about.includes('/') ? `${repository} ${about}` : imageName(repository, about)
}
