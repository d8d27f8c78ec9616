import { separatorFor } from '../../../oci/image-name.ts'
import { platformName } from '../../text/platform-name.ts'
import { html, type Markup, type Part } from '../markup.ts'

/** `repository:tag` or `repository@digest`. `<bdi>` isolates the text direction of each part. */
export function tagged(repository: string | undefined, tag: string): Markup {
  return html`<bdi>${repository}</bdi>${separatorFor(tag)}<bdi>${tag}</bdi>`
}

/** A digest or a path in full, for copying. */
export function exact(text: string | undefined): Markup {
  return html`<code class="exact">${text}</code>`
}

/** Platforms as labels. */
export function platformNames(platforms: readonly string[]): Part {
  return platforms.map((platform) => html` <span class="platform"><bdi>${platformName(platform)}</bdi></span>`)
}
