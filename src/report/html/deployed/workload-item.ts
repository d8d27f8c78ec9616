import { useText } from '../../../check/findings/phrases.ts'
import { badge, type Tone } from '../icons.ts'
import { html, type Markup, printable } from '../markup.ts'
import { counted, moment } from '../overview/quantities.ts'
import { codePageIn } from '../registry/paths.ts'
import type { DeployedFinding, DeployedState, Workload, WorkloadImage } from './deployed-view.ts'

/** The color and the word of each state. */
export const STATE_WORDS: Readonly<Record<DeployedState, { readonly tone: Tone; readonly word: string }>> = {
  broken: { tone: 'damaged', word: 'Broken' },
  unchecked: { tone: 'incomplete', word: 'Unchecked' },
  moved: { tone: 'warning', word: 'Moved' },
  whole: { tone: 'clean', word: 'Whole' },
}

/** Places of one image that are shown. */
const MOST_USES = 10

/** One workload of the list, collapsible: what it needs, and whether that is there. */
export function workloadItem(workload: Workload, isOpen: boolean, prefix: string): Markup {
  const { tone, word } = STATE_WORDS[workload.state]
  const codes = [
    ...new Set(workload.images.flatMap(({ findings }) => findings.filter(isProblem).map(({ code }) => code))),
  ]
  return html`<li data-item><details class="image"${isOpen && html` open`}><summary>${badge(tone, word)}<h3><bdi>${workload.workload}</bdi></h3><span class="gist">${
    codes.length > 0
      ? codes.map((code, n) => html`${n > 0 && ', '}<span class="code">${code}</span>`)
      : counted(workload.images.length, 'image')
  }</span></summary>
<div class="body">${workload.images.map((image) => imageOf(image, prefix))}</div></details></li>`
}

/** The text that a search looks through, in lower case. */
export function workloadText({ workload, file, state, images }: Workload): string {
  const words = images.flatMap(({ image, findings }) => [
    image.image,
    image.digest ?? '',
    image.unchecked ?? '',
    ...findings.flatMap(({ code, message }) => [code, message]),
  ])
  return printable([STATE_WORDS[state].word, workload, file, ...words].join(' ')).toLowerCase()
}

function imageOf({ image, state, findings, uses }: WorkloadImage, prefix: string): Markup {
  const { tone, word } = STATE_WORDS[state]
  const rest = uses.length - MOST_USES
  return html`<div class="needs"><p>${badge(tone, word)} <code class="exact"><bdi>${image.image}</bdi></code></p>
<dl class="evidence">${image.digest !== undefined && fact('Digest', html`<code class="exact">${image.digest}</code>`)}${
    image.brokenSince !== undefined && state === 'broken' && fact('Broken since', moment(new Date(image.brokenSince)))
  }${image.unchecked !== undefined && fact('Not checked', html`<bdi>${image.unchecked}</bdi>`)}${
    image.isEarlier === true && fact('Seen', 'by an earlier run; the last one could not check it again')
  }${fact(uses[0]?.line === 0 ? 'Needed by' : 'Named in', html`${uses.slice(0, MOST_USES).map((use, n) => html`${n > 0 && html`<br>`}<bdi>${useText(use)}</bdi>`)}${rest > 0 && html`<br>and ${counted(rest, 'more place')}`}`)}</dl>
${findings.map((finding) => findingOf(finding, prefix))}</div>`
}

function findingOf({ code, severity, message }: DeployedFinding, prefix: string): Markup {
  return html`<p><a class="code" href="${codePageIn(prefix, 'findings', code)}">${code}</a> <span class="soft">${severity}</span> <bdi>${message}</bdi></p>`
}

function fact(name: string, value: Markup | string): Markup {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`
}

function isProblem({ severity }: DeployedFinding): boolean {
  return severity !== 'notice'
}
