import { html, type Markup } from './markup.ts'

/** The options of a search form. */
export interface SearchForm {
  /** The current search. */
  readonly search: string
  /** Empty if the registry has only one. */
  readonly profile: string
  /** Whether a server answers the form; in a file only the script searches. */
  readonly isServed: boolean
  readonly isPaged: boolean
  /** Unique in the page. */
  readonly id: string
}

/** The search form above a list of images. */
export function searchForm({ search, profile, isServed, isPaged, id }: SearchForm): Markup {
  return html`<form role="search" class="search" data-search="${isServed ? 'all' : 'here'}"${isPaged && html` data-pages="1"`}${
    !isServed && html` hidden`
  }>
<label for="${id}">Search</label>
<input type="search" id="${id}" name="q" value="${search}" maxlength="200" autocomplete="off" spellcheck="false" placeholder="image, digest, code, platform">
${profile !== '' && html`<input type="hidden" name="profile" value="${profile}">`}
${isServed && html`<button>Search</button>`}
<p role="status" class="soft"></p>
</form>`
}

/** Makes a test for texts that contain all words of a search, in any order. */
export function matcher(search: string): (text: string) => boolean {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  return (text) => words.every((word) => text.includes(word))
}
