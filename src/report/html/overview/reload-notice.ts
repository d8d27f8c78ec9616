import { shape } from '../icons.ts'
import { html, type Markup } from '../markup.ts'
import { momentAgo, number } from './quantities.ts'
import type { RejectedConfig } from './view.ts'

/** Problems that are listed. */
const MOST = 20

/** The notice that the configuration file was rejected and an older configuration is in use. */
export function reloadNotice({ at, problems }: RejectedConfig, now: Date): Markup {
  const rest = problems.length - MOST
  return html`<section class="banner warning" aria-label="Configuration"><p class="verdict">${shape('warning')}<strong>Configuration rejected</strong></p>
<p>The configuration file was rejected ${momentAgo(at, now)}. The previous one stays in use until the file is valid or the process restarts.</p>
<ul class="notes">${problems.slice(0, MOST).map((problem) => html`<li><bdi>${problem}</bdi></li>`)}${
    rest > 0 && html`<li>And ${number(rest)} more.</li>`
  }</ul></section>
`
}
