import { html, literal, type Markup } from './markup.ts'

/** How a thing stands, as colour, word and shape tell it. */
export type Tone = 'damaged' | 'warning' | 'incomplete' | 'stale' | 'clean' | 'unknown'

/** Drawn once in a page and used by name: each state has a shape of its own, so that nobody needs to see colours. */
export const SHAPES: Markup = literal(`<svg class="shapes" aria-hidden="true" focusable="false"><defs>
<symbol id="shape-damaged" viewBox="0 0 16 16"><path d="M5 1h6l4 4v6l-4 4H5l-4-4V5z" fill="currentColor"/><path d="m5.3 5.3 5.4 5.4m0-5.4-5.4 5.4" stroke="var(--paper)" stroke-width="2" stroke-linecap="round"/></symbol>
<symbol id="shape-warning" viewBox="0 0 16 16"><path d="M8 1.4 15.4 14.6H.6z" fill="currentColor" stroke="currentColor" stroke-linejoin="round"/><path d="M8 6v4m0 2.2v.1" stroke="var(--paper)" stroke-width="1.8" stroke-linecap="round"/></symbol>
<symbol id="shape-incomplete" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" stroke-width="2"/><path d="M8 1.5a6.5 6.5 0 0 1 0 13z" fill="currentColor"/></symbol>
<symbol id="shape-stale" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" stroke-width="2"/><path d="M8 4.2V8l2.6 1.8" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round"/></symbol>
<symbol id="shape-clean" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7.3" fill="currentColor"/><path d="m4.7 8.2 2.3 2.3 4.3-4.7" fill="none" stroke="var(--paper)" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/></symbol>
<symbol id="shape-unknown" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" stroke-width="2" stroke-dasharray="2.6 2.5"/></symbol>
</defs></svg>`)

export function shape(tone: Tone): Markup {
  return html`<svg class="shape" aria-hidden="true" focusable="false"><use href="#shape-${tone}"/></svg>`
}

/** Shape and word in the colour of the state. */
export function badge(tone: Tone, word: string): Markup {
  return html`<span class="badge ${tone}">${shape(tone)}${word}</span>`
}
