import type { ReportedFinding } from '../../../check/events.ts'
import { FINDINGS } from '../../../check/findings/catalogue.ts'
import type { Severity } from '../../../check/findings/code.ts'
import { bytesOf, type FindingGroup, groupsByMessage } from '../../records/finding-groups.ts'
import { badge, type Tone } from '../icons.ts'
import { html, literal, type Markup } from '../markup.ts'
import { bytes, counted, number } from '../overview/quantities.ts'
import { findingGroup } from './finding-group.ts'
import type { ListStyle } from './image.ts'
import { exact, platformNames } from './names.ts'

/** Objects listed in one group. */
const MOST_OBJECTS = 100
/** Groups in one section. */
const MOST_GROUPS = 200

const SEVERITIES: Readonly<Record<Severity, { readonly tone: Tone; readonly word: string }>> = {
  error: { tone: 'damaged', word: 'Error' },
  warning: { tone: 'warning', word: 'Warning' },
  notice: { tone: 'unknown', word: 'Notice' },
}

/** The groups, each one collapsible. */
export function untaggedList(groups: readonly FindingGroup[], style: ListStyle): Markup {
  const rest = groups.length - MOST_GROUPS
  return html`<ul class="items">${groups.slice(0, MOST_GROUPS).map((group) => untaggedItem(group, style))}</ul>${
    rest > 0 && html`<p>And ${counted(rest, 'more group')}; the JSON report lists all.</p>`
  }`
}

function untaggedItem(group: FindingGroup, { level, prefix }: ListStyle): Markup {
  const [{ severity, repository, code }] = group
  const { tone, word } = SEVERITIES[severity]
  const h = literal(`h${level}`)
  const sum = bytesOf(group)
  const rest = group.length - MOST_OBJECTS
  const shown: FindingGroup = [group[0], ...group.slice(1, MOST_OBJECTS)]
  return html`<li><details class="image"><summary>${badge(tone, word)}<${h}><bdi>${
    repository ?? 'The whole registry'
  }</bdi></${h}><span class="gist"><span class="code">${code}</span>${group.length > 1 && ` × ${group.length}`}${
    sum > 0 && `, ${bytes(sum)}`
  }</span></summary>
<div class="body"><ul class="tree">${shown.map(objectRow)}</ul>${rest > 0 && html`<p>And ${number(rest)} more; the JSON report lists all.</p>`}
${(severity === 'notice' ? [shown] : groupsByMessage(shown)).map((each) => findingGroup(each, prefix))}</div></details></li>`
}

function objectRow({ code, digest, evidence, platforms, severity }: ReportedFinding): Markup {
  const { thing, state } = FINDINGS[code]
  const tone = severity === 'error' ? 'damaged' : 'warning'
  const what = digest ?? evidence.path
  return html`<li><span class="thing">${thing}</span>${platformNames(platforms)} <span class="end ${tone}">${state}</span> ${what !== undefined && exact(what)}</li>`
}
