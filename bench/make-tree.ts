import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { count } from './count.ts'
import { generate } from './generated.ts'
import { census, REFERENCE, writeTree } from './tree.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    repositories: { type: 'string', default: String(REFERENCE.repositories) },
    tags: { type: 'string', default: String(REFERENCE.tags) },
    scale: { type: 'string', default: '1' },
  },
})

const shape = { repositories: count(values.repositories) * count(values.scale), tags: count(values.tags) }
const root = positionals[0] ?? join(tmpdir(), 'regfsck-bench/reference')
const started = performance.now()
const { blobs, links } = generate(root, (part) => writeTree(part, shape))
const seconds = (performance.now() - started) / 1000

console.log(`${root}: ${blobs + links} files in ${seconds.toFixed(1)} s`)
console.log(JSON.stringify(census(shape)))
