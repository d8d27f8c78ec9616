import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { cleared, copied, type StagedLoss } from '../builders/faults/storage-unmounts.ts'
import { actDuringScan, type Moment } from './act-during-scan.ts'
import { regfsck, type SaidTarget, targetIn } from './run.ts'
import { errorsIn, falseNews, type WatchedRegistry, watchedRegistry } from './watched-registry.ts'

/** One scan, and how its source vanishes. */
export interface Turn {
  readonly way: StagedLoss
  readonly moment: Moment
  readonly flags: readonly string[]
}

/** How a scan ended, as it says itself; the damage is what was there before. */
type Ending = 'unreadable' | 'incomplete' | 'incomplete, with damage' | 'complete'

/** How many scans ended how, and what was wrong with them. */
export interface Tally {
  readonly endings: Record<Ending, number>
  readonly wrong: { readonly turn: string; readonly wrong: readonly string[] }[]
}

interface About {
  readonly name: string
  /** What is copied to the root. */
  readonly template: string
  /** URL of a Pushgateway. */
  readonly gateway: string
  /** Milliseconds between the two looks of a scan. */
  readonly pause: number
}

/** A place where storage vanishes again and again, while it is scanned under one name. */
export class StorageLossLane {
  /** Where the storage is. */
  readonly root: string
  readonly watched: WatchedRegistry
  /** Ids of the damage, after {@link learn}. */
  damage: readonly string[] = []
  readonly #about: About
  readonly #directory: string
  /** A URL where the storage is looked at over the API. */
  #url: string | undefined

  constructor(home: string, about: About) {
    this.#about = about
    this.#directory = join(home, about.name, 'stage')
    this.root = join(this.#directory, 'registry')
    mkdirSync(this.#directory, { recursive: true })
    this.watched = watchedRegistry(about.name, join(home, about.name), about.gateway)
  }

  /** From now on the API that serves the root is asked. */
  askAt(url: string): void {
    this.#url = url
  }

  /** Scan in peace. @returns the codes of the damage, sorted */
  async learn(): Promise<readonly string[]> {
    const target = await this.scanInstead(this.#about.template)
    this.damage = errorsIn(target)
    this.watched.keepState()
    return target.findings.map(({ code }) => code).sort()
  }

  /** Scan other storage in the place of this one, in peace. */
  async scanInstead(template: string): Promise<SaidTarget> {
    await copied(template, this.root)
    const ran = await regfsck(['scan', ...this.#arguments])
    await cleared(this.#directory)
    return targetIn(ran)
  }

  /** Scan while the storage vanishes. */
  async take(turn: Turn, tally: Tally): Promise<void> {
    const { way, moment, flags } = turn
    const { watched, damage, root } = this
    await way.stage(this.#about.template, root)
    // Over the API nobody can tell lost blobs from lost storage: what is found then is no later scan's history.
    if (this.#url !== undefined) watched.restoreState()
    const before = await watched.known()
    const ran = await actDuringScan([...flags, ...this.#arguments], moment, () => {
      way.vanish(root)
    })
    const after = await watched.known()
    await cleared(this.#directory)
    const target = targetIn(ran)
    tally.endings[endingOf(target, damage)]++
    const wrong = [...falseNews({ ran, before, after, damage })]
    const errors = errorsIn(target)
    if (this.#url === undefined && target.complete && errors.join() !== damage.join())
      wrong.push(`complete, with the errors ${errors.join()} instead of ${damage.join()}`)
    if (this.#url === undefined && after.remembered.join() !== damage.join())
      wrong.push(`remembers ${after.remembered.join()} instead of ${damage.join()}`)
    if (wrong.length > 0) tally.wrong.push({ turn: `${way.name} ${JSON.stringify({ moment, flags })}`, wrong })
  }

  get #arguments(): readonly string[] {
    return [...this.watched.flags, `--recheck-delay=${this.#about.pause}ms`, this.#url ?? this.root]
  }
}

/** Let each of the lanes take one turn after the other until there is none left. */
export async function takeTurns(lanes: readonly StorageLossLane[], turns: readonly Turn[]): Promise<Tally> {
  const tally: Tally = {
    endings: { unreadable: 0, incomplete: 0, 'incomplete, with damage': 0, complete: 0 },
    wrong: [],
  }
  const rest = [...turns]
  await Promise.all(
    lanes.map(async (lane) => {
      for (let turn = rest.shift(); turn !== undefined; turn = rest.shift()) await lane.take(turn, tally)
    }),
  )
  return tally
}

function endingOf({ totals, complete, findings }: SaidTarget, damage: readonly string[]): Ending {
  if (totals === null) return 'unreadable'
  if (complete) return 'complete'
  return findings.some(({ id }) => damage.includes(id)) ? 'incomplete, with damage' : 'incomplete'
}
