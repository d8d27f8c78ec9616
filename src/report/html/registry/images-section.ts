import { html, type Markup, type Part } from '../markup.ts'
import { counted, number } from '../overview/quantities.ts'
import type { AffectedImage } from './affected-images.ts'
import type { PreparedReport } from './prepared.ts'

/** The list of affected images. */
export function imagesSection(
  prepared: PreparedReport,
  shown: readonly AffectedImage[],
  { heading, around }: { heading: Markup; around: { before?: Part; after?: Part } },
): Markup {
  const { images } = prepared
  return html`<section>${heading}
<p>${sumOf(images)}${variablesIn(shown)} <code>--output repair=FILE</code> writes all commands as one script.</p>
${around.before}
<ul class="items">${shown.map((image) => prepared.item(image))}</ul>
${around.after}</section>
`
}

const VARIABLES = [
  ['REGISTRY', 'the registry’s URL'],
  ['SOURCE', 'the URL of a registry that still has the images'],
  ['RESTART', 'the command that restarts it'],
] as const

/** Explains the variables in the commands. A known URL is in the commands themselves. */
function variablesIn(shown: readonly AffectedImage[]): Part {
  const commands = shown.flatMap(({ findings }) => findings.flatMap(({ repair }) => repair.commands))
  const used = VARIABLES.filter(([name]) => commands.some((text) => new RegExp(`\\$\\{?${name}\\b`).test(text)))
  if (used.length === 0) return undefined
  return html` In the commands, ${used.map(
    ([name, what], n) => html`${n > 0 && (n === used.length - 1 ? ' and ' : ', ')}<code>$${name}</code> is ${what}`,
  )}.`
}

function sumOf(images: readonly AffectedImage[]): string {
  const words = { unpullable: 'cannot be pulled', damaged: 'damaged', degraded: 'degraded', warning: 'with warnings' }
  const counts = (['unpullable', 'damaged', 'degraded', 'warning'] as const).flatMap((verdict) => {
    const n = images.filter((image) => image.verdict === verdict).length
    return n === 0 ? [] : [`${number(n)} ${words[verdict]}`]
  })
  const order = images.length > 1 ? ', the worst first' : ''
  return `${counted(images.length, 'image')}${order}: ${counts.join(', ')}.`
}
