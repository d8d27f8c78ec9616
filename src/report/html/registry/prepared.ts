import type { ReportTarget } from '../../json/document.ts'
import { html, joined, type Markup, type Part } from '../markup.ts'
import { counted, number } from '../overview/quantities.ts'
import { heading } from '../shell.ts'
import { type Case, casesOf } from './affected-images.ts'
import type { Story } from './finding-groups.ts'
import { imageItem, imageText } from './image.ts'
import { exact, tagged } from './names.ts'
import { pastList } from './past.ts'
import { scopeOf } from './scope.ts'
import { hasUnchecked, uncheckedList } from './unchecked.ts'
import { looseList, looseStories } from './untagged-findings.ts'

/** Images that are open from the beginning, where there are few. */
const OPEN = 3
/** Intact tags that are listed. */
const MOST_INTACT = 1000

/** What a report says, sorted and grouped once, and turned into HTML piece by piece as it is asked for. */
export class PreparedReport {
  readonly report: ReportTarget
  readonly images: readonly Case[]
  readonly #level: 2 | 3
  readonly #below: 3 | 4
  readonly #prefix: string | undefined
  readonly #loose: readonly Story[]
  readonly #items = new Map<Case, Markup>()
  readonly #texts = new Map<Case, string>()
  #rest: Markup | undefined

  /**
   * @param how.level of the headings of its sections
   * @param how.prefix of the server that explains codes; left out in a file
   */
  constructor(report: ReportTarget, { level, prefix }: { readonly level: 2 | 3; readonly prefix?: string }) {
    this.report = report
    this.#prefix = prefix
    this.images = casesOf(report)
    this.#level = level
    this.#below = level === 2 ? 3 : 4
    this.#loose = looseStories(report)
  }

  item(image: Case): Markup {
    const known = this.#items.get(image)
    if (known) return known
    const made = imageItem(image, {
      level: this.#below,
      isOpen: this.images.length <= OPEN,
      prefix: this.#prefix,
    })
    this.#items.set(image, made)
    return made
  }

  /** What a search looks at. */
  text(image: Case): string {
    const known = this.#texts.get(image)
    if (known !== undefined) return known
    const made = imageText(image)
    this.#texts.set(image, made)
    return made
  }

  /** Every section but that of the images. */
  get rest(): Markup {
    this.#rest ??= joined([this.#looseSections(), this.#unchecked(), this.#fixed(), this.#intact(), this.#scope()])
    return this.#rest
  }

  #looseSections(): Markup {
    const waste = this.#loose.filter(([{ severity }]) => severity === 'notice')
    const harm = this.#loose.filter(([{ severity }]) => severity !== 'notice')
    return html`${harm.length > 0 && this.#section('Not reached by any tag', looseList(harm, { level: this.#below, prefix: this.#prefix }))}${
      waste.length > 0 &&
      this.#section('Unused content', looseList(waste, { level: this.#below, prefix: this.#prefix }))
    }`
  }

  #unchecked(): Markup {
    return html`${hasUnchecked(this.report) && this.#section('Unchecked', html`<p>These could not be checked. They are not known to be damaged, nor to be intact.</p>${uncheckedList(this.report, { level: this.#below, prefix: this.#prefix })}`)}`
  }

  #fixed(): Markup {
    const { fixed = [], stillKnown = [] } = this.report
    return html`${fixed.length > 0 && this.#section('Fixed since the last run', pastList(fixed))}${
      stillKnown.length > 0 &&
      this.#section('Still known from earlier runs, not checked this time', pastList(stillKnown))
    }`
  }

  #intact(): Markup {
    const intact = this.report.tags.filter(({ verdict }) => verdict === 'intact')
    if (intact.length === 0) return html``
    const rest = intact.length - MOST_INTACT
    const rows = intact
      .slice(0, MOST_INTACT)
      .map(
        ({ repository, tag, digest }) =>
          html`<li>${tagged(repository, tag)} ${digest !== undefined && exact(digest)}</li>`,
      )
    return this.#section(
      'Intact tags',
      html`<details class="more"><summary>${counted(intact.length, 'tag')}</summary><ul class="tree">${rows}</ul>${
        rest > 0 && html`<p>And ${number(rest)} more; the JSON report lists all.</p>`
      }</details>`,
    )
  }

  #scope(): Markup {
    if (this.report.error !== undefined) return html``
    return this.#section('What was checked', scopeOf(this.report))
  }

  #section(title: string, content: Part): Markup {
    return html`<section>${heading(this.#level, title)}${content}</section>
`
  }
}
