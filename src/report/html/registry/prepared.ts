import type { ReportTarget } from '../../json/document.ts'
import { type FindingGroup, untaggedGroups } from '../../records/finding-groups.ts'
import { html, joined, type Markup, type Part } from '../markup.ts'
import { counted, number } from '../overview/quantities.ts'
import { heading } from '../shell.ts'
import { type AffectedImage, affectedImages } from './affected-images.ts'
import { imageItem, imageText, type ListStyle } from './image.ts'
import { exact, tagged } from './names.ts'
import { pastList } from './past.ts'
import { scopeOf } from './scope.ts'
import { hasUnchecked, uncheckedList } from './unchecked.ts'
import { untaggedList } from './untagged-findings.ts'

/** Up to so many images are expanded at first. */
const OPEN = 3
/** Intact tags that are listed. */
const MOST_INTACT = 1000

/** A report, sorted and grouped once. Each piece of HTML is made when it is first needed, and kept. */
export class PreparedReport {
  readonly report: ReportTarget
  readonly images: readonly AffectedImage[]
  readonly #level: 2 | 3
  readonly #style: ListStyle
  readonly #untagged: readonly FindingGroup[]
  readonly #items = new Map<AffectedImage, Markup>()
  readonly #texts = new Map<AffectedImage, string>()
  #rest: Markup | undefined

  /**
   * @param how.level of the headings of its sections
   * @param how.prefix path of the server that has the pages of the codes; left out in a file
   */
  constructor(report: ReportTarget, { level, prefix }: { readonly level: 2 | 3; readonly prefix?: string }) {
    this.report = report
    this.images = affectedImages(report)
    this.#level = level
    this.#style = { level: level === 2 ? 3 : 4, prefix }
    this.#untagged = untaggedGroups(report.findings)
  }

  item(image: AffectedImage): Markup {
    const known = this.#items.get(image)
    if (known) return known
    const made = imageItem(image, { ...this.#style, isOpen: this.images.length <= OPEN })
    this.#items.set(image, made)
    return made
  }

  /** The text that a search looks through. */
  text(image: AffectedImage): string {
    const known = this.#texts.get(image)
    if (known !== undefined) return known
    const made = imageText(image)
    this.#texts.set(image, made)
    return made
  }

  /** Every section except the images. */
  get rest(): Markup {
    this.#rest ??= joined([this.#untaggedSections(), this.#unchecked(), this.#fixed(), this.#intact(), this.#scope()])
    return this.#rest
  }

  #untaggedSections(): Markup {
    const unused = this.#untagged.filter(([{ severity }]) => severity === 'notice')
    const damaged = this.#untagged.filter(([{ severity }]) => severity !== 'notice')
    return html`${damaged.length > 0 && this.#section('Not reached by any tag', untaggedList(damaged, this.#style))}${
      unused.length > 0 && this.#section('Unused content', untaggedList(unused, this.#style))
    }`
  }

  #unchecked(): Markup {
    return html`${hasUnchecked(this.report) && this.#section('Unchecked', html`<p>These could not be checked. They are not known to be damaged, nor to be intact.</p>${uncheckedList(this.report, this.#style)}`)}`
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
