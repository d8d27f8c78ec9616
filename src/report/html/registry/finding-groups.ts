import type { ToldFinding } from '../../../check/events.ts'
import type { FindingCode } from '../../../check/findings/code.ts'
import { commandsOf } from '../../records/commands.ts'
import { SEEN_ONCE } from '../../text/seen-once.ts'
import { ACTION_WORDS } from '../action-words.ts'
import { html, literal, type Markup, type Part } from '../markup.ts'
import { counted, moment } from '../overview/quantities.ts'
import { explainedIn } from './paths.ts'

export type Story = readonly [ToldFinding, ...ToldFinding[]]

/** Commands of one story that are printed. */
const MOST_COMMANDS = 30

/** Findings that one paragraph tells: same code, cause, sentence and remedy. */
export function storiesOf(findings: readonly ToldFinding[]): readonly Story[] {
  const stories = new Map<string, [ToldFinding, ...ToldFinding[]]>()
  for (const finding of findings) {
    const { code, cause, severity, message, repair } = finding
    const key = JSON.stringify([code, cause, severity, message, repair.action, repair.why])
    const story = stories.get(key)
    if (story) story.push(finding)
    else stories.set(key, [finding])
  }
  return [...stories.values()]
}

/** Why, since when, and how to repair it. @param prefix of the server that explains the code; `undefined` in a file */
export function told(story: Story, prefix: string | undefined): Markup {
  const [{ code, cause, message, repair, confirmed }] = story
  const commands = commandsOf(story.slice(0, MOST_COMMANDS))
  const rest = commands.length - MOST_COMMANDS
  return html`<div class="story">
<p class="fact"><span class="code">${codeName(code, prefix)} <span class="soft">(${cause})</span></span>${
    story.length > 1 && html` <span class="soft">${counted(story.length, 'time')}</span>`
  }</p>
<p>${message}${!confirmed && ` ${SEEN_ONCE}`}${ageOf(story)}</p>
<p><b>${ACTION_WORDS[repair.action]}.</b> ${repair.why}</p>
${commands.length > 0 && lines(commands.slice(0, MOST_COMMANDS))}
${rest > 0 && html`<p class="soft">${counted(rest, 'more command')}; the JSON report lists all.</p>`}
${evidenceOf(story)}</div>`
}

function codeName(code: FindingCode, prefix: string | undefined): Markup {
  const name = html`<b>${code}</b>`
  return prefix === undefined ? name : html`<a href="${explainedIn(prefix, 'findings', code)}">${name}</a>`
}

const END = literal('\n')

/** Commands as they can be copied: each begins a line, and no text in one can begin another. */
function lines(commands: readonly string[]): Markup {
  const rows = commands.map((command) => html`<span>${command}${END}</span>`)
  return html`<div class="commands"><p><button type="button" class="copy" aria-label="Copy the commands">Copy</button> <span class="soft" aria-live="polite"></span></p><pre><code>${rows}</code></pre></div>`
}

function ageOf(story: Story): Part {
  const [oldest] = story.flatMap(({ firstSeen }) => firstSeen ?? []).sort()
  if (oldest === undefined) return undefined
  if (story.every(({ isNew }) => isNew)) return html` <b>New since the last run.</b>`
  const date = new Date(oldest)
  return Number.isNaN(date.getTime()) ? ` First seen ${oldest}.` : html` First seen ${moment(date)}.`
}

/** Claimed and measured values, and paths. */
function evidenceOf(story: Story): Part {
  const shown = story.filter(({ evidence }) => Object.keys(evidence).length > 0).slice(0, MOST_COMMANDS)
  if (shown.length === 0) return undefined
  const lists = shown.map(({ evidence }) => {
    const rows = Object.entries(evidence).map(
      ([key, value]) =>
        html`<div><dt>${key}</dt><dd><bdi>${Array.isArray(value) ? value.join(', ') : String(value)}</bdi></dd></div>`,
    )
    return html`<dl class="evidence">${rows}</dl>`
  })
  return html`<details class="more"><summary>Evidence</summary>${lists}</details>`
}
