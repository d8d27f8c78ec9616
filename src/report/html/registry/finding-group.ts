import type { FindingCode } from '../../../check/findings/code.ts'
import type { Evidence } from '../../../check/findings/evidence.ts'
import { commandsOf } from '../../records/commands.ts'
import { type FindingGroup, firstSeenOf } from '../../records/finding-groups.ts'
import { SEEN_ONCE } from '../../text/seen-once.ts'
import { ACTION_WORDS } from '../action-words.ts'
import { html, literal, type Markup, type Part } from '../markup.ts'
import { counted, moment } from '../overview/quantities.ts'
import { codePageIn } from './paths.ts'

/** Commands and evidence of one group that are printed. */
const LIMIT = 30

/**
 * The message of a group, its age, and how to repair it.
 *
 * @param prefix path of the server that has the page of the code; `undefined` in a file
 */
export function findingGroup(group: FindingGroup, prefix: string | undefined): Markup {
  const [{ code, cause, message, repair, confirmed }] = group
  const commands = commandsOf(group.slice(0, LIMIT))
  const rest = commands.length - LIMIT
  return html`<div class="story">
<p class="fact"><span class="code">${codeName(code, prefix)} <span class="soft">(${cause})</span></span>${
    group.length > 1 && html` <span class="soft">${counted(group.length, 'time')}</span>`
  }</p>
<p>${message}${!confirmed && ` ${SEEN_ONCE}`}${ageOf(group)}</p>
<p><b>${ACTION_WORDS[repair.action]}.</b> ${repair.why}</p>
${commands.length > 0 && lines(commands.slice(0, LIMIT))}
${rest > 0 && html`<p class="soft">${counted(rest, 'more command')}; the JSON report lists all.</p>`}
${evidenceOf(group)}</div>`
}

function codeName(code: FindingCode, prefix: string | undefined): Markup {
  const name = html`<b>${code}</b>`
  return prefix === undefined ? name : html`<a href="${codePageIn(prefix, 'findings', code)}">${name}</a>`
}

const END = literal('\n')

/** Commands for copying, one to a line. Text from the registry is escaped, so it cannot start a line. */
function lines(commands: readonly string[]): Markup {
  const rows = commands.map((command) => html`<span>${command}${END}</span>`)
  return html`<div class="commands"><p><button type="button" class="copy" aria-label="Copy the commands">Copy</button> <span class="soft" aria-live="polite"></span></p><pre><code>${rows}</code></pre></div>`
}

function ageOf(group: FindingGroup): Part {
  const oldest = firstSeenOf(group)
  if (oldest === undefined) return undefined
  if (group.every(({ isNew }) => isNew)) return html` <b>New since the last run.</b>`
  const date = new Date(oldest)
  return Number.isNaN(date.getTime()) ? ` First seen ${oldest}.` : html` First seen ${moment(date)}.`
}

/** Claimed and measured values, and paths. */
function evidenceOf(group: FindingGroup): Part {
  const shown = group.filter(({ evidence }) => Object.keys(evidence).length > 0).slice(0, LIMIT)
  if (shown.length === 0) return undefined
  const lists = shown.map(({ evidence }) => {
    const rows = Object.entries(evidence).map(
      ([key, value]) => html`<div><dt>${key}</dt><dd><bdi>${valueText(value)}</bdi></dd></div>`,
    )
    return html`<dl class="evidence">${rows}</dl>`
  })
  return html`<details class="more"><summary>Evidence</summary>${lists}</details>`
}

function valueText(value: Evidence[keyof Evidence]): string {
  if (typeof value !== 'object') return String(value)
  return value.map((item) => (typeof item === 'string' ? item : `${item.digest}: ${item.usedBy.join(', ')}`)).join(', ')
}
