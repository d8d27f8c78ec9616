import { createHash } from 'node:crypto'
import { SHAPES, type Tone, tabIcon } from './icons.ts'
import { html, literal, type Markup, type Part } from './markup.ts'
import { moment } from './overview/quantities.ts'
import { reloadNotice } from './overview/reload-notice.ts'
import type { RejectedConfig } from './overview/view.ts'
import { SCRIPT, SCRIPT_TEXT } from './script/script.ts'
import { STYLE, STYLE_TEXT } from './style.ts'

/** Facts that every page shows. */
export interface PageFacts {
  readonly version: string
  readonly now: Date
  /** The path of the server: `/regfsck`, or empty. Left out in a file. */
  readonly prefix?: string
  /** The last configuration of the server, if it was rejected. */
  readonly rejected?: RejectedConfig | undefined
  /** The address of a registry's page. Left out if there is none. */
  readonly linkTo?: (registry: string, profile: string) => string
}

/** Seconds after which a served page is fetched again. */
const REFRESH = 60

/** Content security policy: load nothing, run only our own script and style. */
const FILE_POLICY: string = [
  "default-src 'none'",
  `style-src ${hashOf(STYLE_TEXT)}`,
  `script-src ${hashOf(SCRIPT_TEXT)}`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'self'",
].join('; ')

/** The same for a served page, which may fetch itself again. */
export const SERVED_POLICY: string = `${FILE_POLICY}; connect-src 'self'`

/** A complete HTML page. It loads nothing. */
export function shell({
  title,
  tone,
  crumb,
  links,
  main,
  about,
  refreshes,
}: {
  title: string
  /** The status that the icon of the tab shows. */
  tone: Tone
  crumb?: Part
  /** Links to the same data for programs. */
  links?: Part
  main: Part
  about: PageFacts
  /** How the page refreshes: by its script only, which keeps expanded items, or also without JavaScript. */
  refreshes?: 'by script' | 'always'
}): string {
  const isServed = about.prefix !== undefined
  const isFresh = isServed && refreshes !== undefined
  return html`<!doctype html>
<html lang="en"${isFresh && html` data-refresh="${REFRESH}"`}>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${literal(isServed ? SERVED_POLICY : FILE_POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
${isFresh && refreshes === 'always' && html`<noscript><meta http-equiv="refresh" content="${REFRESH}"></noscript>`}
<title>${title}</title>
<link rel="icon" href="${tabIcon(tone)}">
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
${SHAPES}
<header class="top"><div class="wide">${crumb ?? html`<span class="brand">regfsck</span>`}${links !== undefined && html`<nav class="links" aria-label="For programs">${links}</nav>`}</div></header>
${isFresh && html`<p id="refreshed" class="wide" aria-live="polite"></p>`}
<main id="main" class="wide" tabindex="-1">
${about.rejected && reloadNotice(about.rejected, about.now)}${main}
</main>
<footer class="wide"><p>Made by regfsck ${about.version}, ${moment(about.now)}. regfsck only reads: nothing was written or deleted, and no command was run. <code>regfsck explain CODE</code> shows how to confirm a finding by hand.</p></footer>
<script>${SCRIPT}</script>
</body>
</html>
`.toString()
}

/** A heading of any level. */
export function heading(level: 1 | 2 | 3 | 4, content: Part, id?: string): Markup {
  const h = literal(`h${level}`)
  return html`<${h}${id !== undefined && html` id="${id}"`}>${content}</${h}>`
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}
