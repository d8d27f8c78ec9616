import { html } from './markup.ts'
import { type PageFacts, shell } from './shell.ts'

/** Characters of the path that are shown. */
const LONGEST = 300

/** The page for an unknown path. @param path as requested */
export function notFoundPage(path: string, about: PageFacts): string {
  const home = `${about.prefix ?? ''}/`
  const main = html`<h1>Not found</h1>
<p>There is nothing at <code class="exact"><bdi>${path.slice(0, LONGEST)}</bdi></code>. A registry may have been renamed in the configuration, or removed from it.</p>
<p><a href="${home}">All registries</a></p>`
  const crumb = html`<a class="brand" href="${home}">regfsck</a>`
  return shell({ title: 'Not found · regfsck', tone: 'unknown', crumb, main, about })
}
