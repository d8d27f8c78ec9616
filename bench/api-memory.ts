import { type Depth, partOf, scanOf } from './api-subject.ts'
import { peakMemory } from './memory.ts'
import { median, type Outcome, type Row } from './row.ts'
import { atMost, type Bench, MEBIBYTE, measured } from './section.ts'
import { serve } from './served.ts'
import { REFERENCE } from './tree.ts'
import { treeNamed } from './trees.ts'

const SUBJECT = 'API, 30,000 manifests'

export const memoryLabels: readonly Omit<Row, 'outcome'>[] = [
  { what: `${SUBJECT}, depth \`graph\`: peak memory`, against: '–', unit: 'MiB', goal: atMost(200) },
  { what: `${SUBJECT}, depth \`blobs\`: peak memory`, against: '–', unit: 'MiB', goal: atMost(200) },
  { what: `${SUBJECT}, depth \`graph\`: peak memory`, against: 'a tenth of them', unit: '×', goal: undefined },
  { what: `${SUBJECT}, depth \`blobs\`: peak memory`, against: 'a tenth of them', unit: '×', goal: undefined },
]

/** Long scans, and figures that hardly differ. */
const MOST_RUNS = 1

export async function memoryRows(bench: Bench): Promise<Outcome[]> {
  const served = await serve(treeNamed('reference', bench.directory).root, bench)
  try {
    const peaks = async (repositories: number, depth: Depth) => {
      const scan = scanOf(partOf(repositories, bench.scratch), served.url, depth, bench)
      const figures: number[] = []
      for (let run = 0; run < Math.min(bench.runs, MOST_RUNS); run++) figures.push((await peakMemory(scan)) / MEBIBYTE)
      return figures
    }
    const all = REFERENCE.repositories
    const [graph, blobs] = [await peaks(all, 'graph'), await peaks(all, 'blobs')]
    const tenth = { graph: await peaks(all / 10, 'graph'), blobs: await peaks(all / 10, 'blobs') }
    const growth = (large: readonly number[], small: readonly number[]) => measured([median(large) / median(small)])
    return [measured(graph), measured(blobs), growth(graph, tenth.graph), growth(blobs, tenth.blobs)]
  } finally {
    await served.stop()
  }
}
