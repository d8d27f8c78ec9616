import { html, literal, type Markup } from './markup.ts'

/** A status, shown by color, word and shape. */
export type Tone = 'damaged' | 'warning' | 'incomplete' | 'stale' | 'clean' | 'unknown'

/** The shape of each status, for readers who cannot tell the colors apart. */
const DRAWINGS: Readonly<Record<Tone, string>> = {
  damaged: `<path d="M5 1h6l4 4v6l-4 4H5l-4-4V5z" fill="currentColor"/><path d="m5.3 5.3 5.4 5.4m0-5.4-5.4 5.4" stroke="var(--paper)" stroke-width="2" stroke-linecap="round"/>`,
  warning: `<path d="M8 1.4 15.4 14.6H.6z" fill="currentColor" stroke="currentColor" stroke-linejoin="round"/><path d="M8 6v4m0 2.2v.1" stroke="var(--paper)" stroke-width="1.8" stroke-linecap="round"/>`,
  incomplete: `<circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" stroke-width="2"/><path d="M8 1.5a6.5 6.5 0 0 1 0 13z" fill="currentColor"/>`,
  stale: `<circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" stroke-width="2"/><path d="M8 4.2V8l2.6 1.8" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round"/>`,
  clean: `<circle cx="8" cy="8" r="7.3" fill="currentColor"/><path d="m4.7 8.2 2.3 2.3 4.3-4.7" fill="none" stroke="var(--paper)" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/>`,
  unknown: `<circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" stroke-width="2" stroke-dasharray="2.6 2.5"/>`,
}

/** The shapes, defined once in a page and used by name. */
export const SHAPES: Markup = literal(
  `<svg class="shapes" aria-hidden="true" focusable="false"><defs>${Object.entries(DRAWINGS)
    .map(([tone, drawing]) => `<symbol id="shape-${tone}" viewBox="0 0 16 16">${drawing}</symbol>`)
    .join('\n')}</defs></svg>`,
)

/** Colors that are visible on light and on dark tabs. */
const TAB_COLORS: Readonly<Record<Tone, string>> = {
  damaged: '#d1242f',
  warning: '#bf6a00',
  incomplete: '#bf6a00',
  stale: '#bf6a00',
  clean: '#1a7f37',
  unknown: '#7a828c',
}

/** The icon of a tab, as a data URL. */
export function tabIcon(tone: Tone): string {
  const drawing = DRAWINGS[tone].replaceAll('currentColor', TAB_COLORS[tone]).replaceAll('var(--paper)', '#fff')
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">${drawing}</svg>`
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}

/** The shape of a status. */
export function shape(tone: Tone): Markup {
  return html`<svg class="shape" aria-hidden="true" focusable="false"><use href="#shape-${tone}"/></svg>`
}

/** Shape and word in the color of the status. */
export function badge(tone: Tone, word: string): Markup {
  return html`<span class="badge ${tone}">${shape(tone)}${word}</span>`
}
