/** Makes what is made from the rules and from dashboard.ts: `npx tsx alerts/make.ts`. A test says when it is due. */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { made } from './made.ts'

for (const [name, text] of Object.entries(made())) writeFileSync(fileURLToPath(new URL(name, import.meta.url)), text)
