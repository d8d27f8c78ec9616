import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { contentCensus, GIBIBYTE, writeContent } from './content.ts'
import { count } from './count.ts'
import { generate } from './generated.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { gibibytes: { type: 'string', default: '2' } },
})

const total = count(values.gibibytes) * GIBIBYTE
const root = positionals[0] ?? join(tmpdir(), 'regfsck-bench/content')
const started = performance.now()
const { blobs, links } = generate(root, (part) => writeContent(part, total))
const seconds = (performance.now() - started) / 1000

console.log(`${root}: ${blobs + links} files in ${seconds.toFixed(1)} s`)
console.log(JSON.stringify(contentCensus(total)))
