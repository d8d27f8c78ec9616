import type { FixedFinding } from '../../check/events.ts'
import { html, type Markup } from './markup.ts'
import { exact, tagged } from './names.ts'
import { counted } from './quantities.ts'

const MOST = 100

/** What the run before found and this one no longer. */
export function fixedList(fixed: readonly FixedFinding[]): Markup {
  const rest = fixed.length - MOST
  return html`<ul class="tree">${fixed.slice(0, MOST).map(fixedRow)}</ul>${
    rest > 0 && html`<p>And ${counted(rest, 'more')}: a report in JSON has all.</p>`
  }`
}

function fixedRow({ code, repository, tag, digest, firstSeen }: FixedFinding): Markup {
  const where =
    repository !== undefined && (tag === undefined ? html`<bdi>${repository}</bdi>` : tagged(repository, tag))
  return html`<li><span class="code">${code}</span> ${where} ${digest !== undefined && exact(digest)} <span class="soft">first seen ${firstSeen}</span></li>`
}
