import type { PastFinding } from '../../../check/events.ts'
import { html, type Markup } from '../markup.ts'
import { number } from '../overview/quantities.ts'
import { exact, tagged } from './names.ts'

const MOST = 100

/** A list of findings of earlier runs. */
export function pastList(findings: readonly PastFinding[]): Markup {
  const rest = findings.length - MOST
  return html`<ul class="tree">${findings.slice(0, MOST).map(rowOf)}</ul>${
    rest > 0 && html`<p>And ${number(rest)} more; the JSON report lists all.</p>`
  }`
}

function rowOf({ code, repository, tag, digest, firstSeen }: PastFinding): Markup {
  const where =
    repository !== undefined && (tag === undefined ? html`<bdi>${repository}</bdi>` : tagged(repository, tag))
  return html`<li><span class="code">${code}</span> ${where} ${digest !== undefined && exact(digest)} <span class="soft">first seen ${firstSeen}</span></li>`
}
