import type { Case } from './cases.ts'
import { html, type Markup, type Part } from './markup.ts'
import type { PreparedReport } from './prepared.ts'
import { counted, number } from './quantities.ts'

/** The list of images that have something wrong. */
export function imagesSection(
  prepared: PreparedReport,
  shown: readonly Case[],
  { heading, around }: { heading: Markup; around: { before?: Part; after?: Part } },
): Markup {
  const { images } = prepared
  return html`<section>${heading}
<p>${sumOf(images)} In the commands, <code>$REGISTRY</code> is the registry’s URL and <code>$SOURCE</code> a place that still has the image.</p>
${around.before}
<ul class="items">${shown.map((image) => prepared.item(image))}</ul>
${around.after}</section>
`
}

function sumOf(images: readonly Case[]): string {
  const words = { unpullable: 'cannot be pulled', damaged: 'damaged', degraded: 'degraded', warning: 'with warnings' }
  const counts = (['unpullable', 'damaged', 'degraded', 'warning'] as const).flatMap((verdict) => {
    const n = images.filter((image) => image.verdict === verdict).length
    return n === 0 ? [] : [`${number(n)} ${words[verdict]}`]
  })
  const order = images.length > 1 ? ', the worst first' : ''
  return `${counted(images.length, 'image')}${order}: ${counts.join(', ')}.`
}
