import { createHash } from 'node:crypto'
import { SHAPES } from './icons.ts'
import { html, literal, type Markup, type Part } from './markup.ts'
import { moment } from './quantities.ts'
import { SCRIPT, SCRIPT_TEXT } from './script.ts'
import { STYLE, STYLE_TEXT } from './style.ts'

/** What every page says of itself. */
export interface PageFacts {
  readonly version: string
  readonly now: Date
  /** Where the page of a registry is; left out where there is no other page. */
  readonly linkTo?: (registry: string, profile: string) => string
}

/** Nothing from elsewhere, and of what is in the page only our own style and script. */
export const POLICY: string = [
  "default-src 'none'",
  `style-src ${hashOf(STYLE_TEXT)}`,
  `script-src ${hashOf(SCRIPT_TEXT)}`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'self'",
].join('; ')

/** A whole page, which asks for nothing beyond itself. */
export function shell({
  title,
  crumb,
  main,
  about,
}: {
  title: string
  crumb?: Part
  main: Part
  about: PageFacts
}): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${literal(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
${SHAPES}
<header class="top"><div class="wide">${crumb ?? html`<span class="brand">regfsck</span>`}</div></header>
<main id="main" class="wide" tabindex="-1">
${main}
</main>
<footer class="wide"><p>Made by regfsck ${about.version}, ${moment(about.now)}. It reads only: nothing was written or deleted, and no command was run. <code>regfsck explain CODE</code> tells how to confirm a finding by hand.</p></footer>
<script>${SCRIPT}</script>
</body>
</html>
`.toString()
}

export function heading(level: 1 | 2 | 3 | 4, content: Part, id?: string): Markup {
  const h = literal(`h${level}`)
  return html`<${h}${id !== undefined && html` id="${id}"`}>${content}</${h}>`
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}
