import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import type { Plugin } from 'esbuild'

/** A variable that holds the URL of `dist/`, in each file that names it. */
export const PLACE = '__dist'

/**
 * A module that asks for `import.meta.url` is told where it would be without a bundle: `src/a/b.ts` in `dist/a/b.js`.
 * So what it looks for beside itself is found wherever its code has gone.
 */
export function placesOfModules(source: string): Plugin {
  return {
    name: 'places of modules',
    setup: ({ onLoad }) => {
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const text = readFileSync(path, 'utf8')
        const place = relative(source, path)
        if (place.startsWith('..') || !text.includes('import.meta.url')) return undefined
        const url = `(${PLACE}+${JSON.stringify(place.replaceAll('\\', '/').replace(/\.ts$/, '.js'))})`
        return { contents: text.replaceAll('import.meta.url', url), loader: 'ts' }
      })
    },
  }
}
