import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { askedBy } from './api-subject.ts'
import { inTurns } from './api-turns.ts'
import { peakMemory } from './memory.ts'
import { type Outcome, type Row, ratios } from './row.ts'
import { atMost, type Bench, MEBIBYTE, measured } from './section.ts'
import { type Served, serve } from './served.ts'
import type { Command } from './timing.ts'
import { repositoryName, tagName } from './tree.ts'
import { treeNamed } from './trees.ts'

export const referenceLabels: readonly Omit<Row, 'outcome'>[] = [
  {
    what: '`check --from`, 300 references to 40 images: requests',
    against: '`check` of the 40',
    unit: '×',
    goal: atMost(1.01),
  },
  { what: 'the same: time', against: '`check` of the 40', unit: '×', goal: atMost(1.15) },
  { what: '`check --from`, 10,000 documents (20 MiB): time', against: '–', unit: 'ms', goal: atMost(2000) },
  { what: 'the same: peak memory', against: '–', unit: 'MiB', goal: atMost(300) },
]

const IMAGES = 40
const REFERENCES = 300
const DOCUMENTS = 10_000
/** Bytes of each of those. */
const SIZE = (20 * MEBIBYTE) / DOCUMENTS
/** Bytes of a small manifest. */
const SMALL = 800

/** What files name. The documents name one image, so that nearly all of the time goes into reading them. */
export async function referenceRows(bench: Bench): Promise<Outcome[]> {
  const count = async (commandAt: (served: Served) => Command): Promise<number> =>
    (await askedBy(bench, (served) => void inTurns({ check: commandAt(served) }, served, 1))).length
  const share =
    (await count((served) => fromFile(served, bench, REFERENCES))) / (await count((served) => ofImages(served, bench)))
  const { root } = treeNamed('reference', bench.directory)
  const served = await serve(root, bench)
  try {
    const commands = { from: fromFile(served, bench, REFERENCES), images: ofImages(served, bench) }
    inTurns(commands, served, 1)
    const { from, images } = inTurns(commands, served, bench.runs * 2)
    const rounds = from.map(({ wall }, n) => ({ from: wall, images: images[n]?.wall ?? 0 }))
    const read = fromFile(served, bench, DOCUMENTS)
    inTurns({ read }, served, 1)
    const turns = inTurns({ read }, served, bench.runs).read
    const peaks: number[] = []
    for (let run = 0; run < bench.runs; run++) peaks.push((await peakMemory(read)) / MEBIBYTE)
    return [
      measured([share]),
      ratios(rounds, 'from', 'images'),
      measured(turns.map(({ wall }) => wall * 1000)),
      measured(peaks),
    ]
  } finally {
    await served.stop()
  }
}

function imageAt({ url }: Served, index: number): string {
  return `${new URL(url).host}/${repositoryName(index)}:${tagName(0)}`
}

function ofImages(served: Served, { regfsck }: Bench): Command {
  return [...regfsck, 'check', ...Array.from({ length: IMAGES }, (_, index) => imageAt(served, index))]
}

/** Deployments as charts make them. With few of them, each image is named by several. */
function fromFile(served: Served, { regfsck, scratch }: Bench, documents: number): Command {
  const [images, size] = documents === REFERENCES ? [IMAGES, SMALL] : [1, SIZE]
  const file = join(scratch, `deployed-${documents}.yaml`)
  const texts = Array.from({ length: documents }, (_, index) =>
    deployment(index, imageAt(served, index % images), size),
  )
  writeFileSync(file, texts.join('---\n'))
  return [...regfsck, 'check', '--from', file]
}

function deployment(index: number, image: string, size: number): string {
  const head = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-${index}
  namespace: shop
spec:
  replicas: 2
  selector:
    matchLabels:
      app.kubernetes.io/name: app-${index}
  template:
    spec:
      containers:
        - name: app
          image: ${image}
          env:
`
  let text = head
  for (let n = 0; text.length < size - 60; n++)
    text += `            - name: SETTING_${n}\n              value: "value ${n} of ${index}"\n`
  return text
}
