import { peakMemory } from './memory.ts'
import { collectGarbage } from './rivals.ts'
import { ratios } from './row.ts'
import { atMost, MEBIBYTE, measured, type Section, skipped } from './section.ts'
import { alternate, type Command, installed, secondsOf } from './timing.ts'
import { treeNamed } from './trees.ts'

/** The preview of garbage collections beside the registry's own dry run, which is one of the four that the preview makes. */
export const preview: Section = {
  labels: [
    {
      what: '`gc-preview`, one collection: time',
      against: '`garbage-collect --dry-run`',
      unit: '×',
      goal: atMost(0.25),
    },
    { what: 'the same, all four collections', against: '`garbage-collect --dry-run`', unit: '×', goal: atMost(0.25) },
    { what: 'the same: peak memory', against: '–', unit: 'MiB', goal: atMost(300) },
  ],
  async measure(bench) {
    if (process.platform !== 'linux' || !installed('docker-registry'))
      return preview.labels.map(() => skipped('needs /proc and docker-registry'))
    const { root } = treeNamed('reference', bench.directory)
    const all: Command = [...bench.regfsck, 'gc-preview', '--quiet', '--fail-on', 'never', root]
    const one: Command = [...all, '--engine', '2.8', '--delete-untagged', 'no']
    const commands = { one, all, collect: collectGarbage(root, bench.scratch) }
    for (const command of Object.values(commands)) secondsOf(command)
    const rounds = alternate(commands, { rounds: bench.runs })
    const peaks: number[] = []
    for (let run = 0; run < bench.runs; run++) peaks.push((await peakMemory(all)) / MEBIBYTE)
    return [ratios(rounds, 'one', 'collect'), ratios(rounds, 'all', 'collect'), measured(peaks)]
  },
}
