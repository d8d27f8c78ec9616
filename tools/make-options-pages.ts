import { readFileSync, writeFileSync } from 'node:fs'
import { OPTION_GROUPS } from '../src/config/options/table.ts'
import { withOptions } from './options-page.ts'

/** Writes the tables of options in the documentation: `npm run options`. */
for (const name of ['scan.md', 'pin.md', 'reachable.md', 'gc-preview.md', 'serve.md']) {
  const page = new URL(`../docs/${name}`, import.meta.url)
  writeFileSync(page, withOptions(readFileSync(page, 'utf8'), OPTION_GROUPS))
}
