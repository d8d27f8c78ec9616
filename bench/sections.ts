import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { api } from './api.ts'
import { peakMemory } from './memory.ts'
import { preview } from './preview.ts'
import { proveComplete } from './proof.ts'
import { collectGarbage, find, hashAll } from './rivals.ts'
import { type Outcome, ratios } from './row.ts'
import { atLeast, atMost, type Bench, MEBIBYTE, measured, type Section, skipped } from './section.ts'
import { serve } from './serve.ts'
import { alternate, type Command, installed, secondsOf } from './timing.ts'
import { type Tree, type TreeName, treeNamed } from './trees.ts'

export type SectionName = 'warm' | 'cold' | 'content' | 'memory' | 'scale' | 'version' | 'api' | 'serve' | 'preview'

/** A registry of one image: an index in an index, six manifests. */
const TINY = fileURLToPath(new URL('../fixtures/lawful-nested-index', import.meta.url))

export const sections: Readonly<Record<SectionName, Section>> = {
  warm: {
    labels: [
      { what: 'depth `blobs`, warm cache: time', against: '`find -type f`', unit: '×', goal: atMost(0.5) },
      {
        what: 'depth `blobs`, warm cache: time',
        against: '`garbage-collect --dry-run`',
        unit: '×',
        goal: atMost(0.12),
      },
    ],
    measure(bench) {
      const tree = treeNamed('reference', bench.directory)
      const scan = scanOf(tree, { bench, depth: 'blobs' })
      const list = find(tree.root)
      if (!installed('docker-registry')) {
        const rounds = alternate(warmed({ scan, list }), { rounds: bench.runs })
        return [ratios(rounds, 'scan', 'list'), skipped('docker-registry is not installed')]
      }
      const collect = collectGarbage(tree.root, bench.scratch)
      const rounds = alternate(warmed({ scan, list, collect }), { rounds: bench.runs })
      return [ratios(rounds, 'scan', 'list'), ratios(rounds, 'scan', 'collect')]
    },
  },

  cold: {
    labels: [{ what: 'depth `blobs`, cold cache: time', against: '`find -type f`', unit: '×', goal: atMost(0.4) }],
    measure(bench) {
      if (process.platform !== 'linux' || process.getuid?.() !== 0)
        return [skipped('only root on Linux can drop caches')]
      const tree = treeNamed('reference', bench.directory)
      const scan = scanOf(tree, { bench, depth: 'blobs' })
      const rounds = alternate({ scan, list: find(tree.root) }, { rounds: bench.runs, before: dropCaches })
      return [ratios(rounds, 'scan', 'list')]
    },
  },

  content: {
    labels: [
      { what: 'depth `content`, 2 GiB: throughput', against: '`openssl dgst -sha256`', unit: '×', goal: atLeast(0.9) },
      { what: 'depth `content`, 2 GiB: throughput', against: '`sha256sum`', unit: '×', goal: undefined },
    ],
    measure(bench) {
      const tree = treeNamed('content', bench.directory)
      const scan = scanOf(tree, { bench, depth: 'content' })
      const openssl = hashAll(tree.root, 'openssl', 'dgst', '-sha256')
      const sha256sum = hashAll(tree.root, 'sha256sum')
      const rounds = alternate(warmed({ scan, openssl, sha256sum }), { rounds: bench.runs })
      return [ratios(rounds, 'openssl', 'scan'), ratios(rounds, 'sha256sum', 'scan')]
    },
  },

  memory: {
    labels: [
      { what: 'depth `blobs`: peak memory', against: '–', unit: 'MiB', goal: atMost(250) },
      { what: 'depth `blobs`, ten times the tree: peak memory', against: '–', unit: 'MiB', goal: atMost(400) },
    ],
    async measure(bench) {
      if (process.platform !== 'linux') return [skipped('needs /proc'), skipped('needs /proc')]
      return [await peaks('reference', bench), await peaks('tenfold', bench)]
    },
  },

  scale: {
    labels: [{ what: 'depth `blobs`, ten times the tree: time', against: 'the tree', unit: '×', goal: atMost(11) }],
    measure(bench) {
      const [tenfold, reference] = (['tenfold', 'reference'] as const).map((name) =>
        scanOf(treeNamed(name, bench.directory), { bench, depth: 'blobs' }),
      ) as [Command, Command]
      return [ratios(alternate(warmed({ tenfold, reference }), { rounds: bench.runs }), 'tenfold', 'reference')]
    },
  },

  version: {
    labels: [
      { what: '`--version`: time', against: '`node -e 0`', unit: '×', goal: atMost(2) },
      { what: '`scan` of one image: time', against: 'beyond `node -e 0`', unit: 'ms', goal: atMost(150) },
    ],
    measure({ regfsck, runs }) {
      const commands = {
        version: [...regfsck, '--version'],
        scan: [...regfsck, 'scan', TINY],
        nothing: [process.execPath, '-e', '0'],
      } as const
      // So short that one hiccup of the machine doubles it: ten rounds for each that the long ones get.
      const rounds = alternate(warmed(commands), { rounds: runs * 10 })
      const beyond = rounds.map(({ scan, nothing }) => (scan - nothing) * 1000)
      return [ratios(rounds, 'version', 'nothing'), measured(beyond)]
    },
  },

  api,
  serve,
  preview,
}

function scanOf(tree: Tree, { bench, depth }: { bench: Bench; depth: 'blobs' | 'content' }): Command {
  const scan: Command = [...bench.regfsck, 'scan', '--depth', depth, tree.root]
  if (bench.prove) proveComplete(scan, tree)
  return scan
}

/** Each once, untimed: every command then finds in memory what it will read. */
function warmed<Commands extends Readonly<Record<string, Command>>>(commands: Commands): Commands {
  for (const command of Object.values(commands)) secondsOf(command)
  return commands
}

/** Written pages first, or they would stay. */
function dropCaches(): void {
  secondsOf(['sync'])
  writeFileSync('/proc/sys/vm/drop_caches', '3')
}

async function peaks(name: TreeName, bench: Bench): Promise<Outcome> {
  const scan = scanOf(treeNamed(name, bench.directory), { bench, depth: 'blobs' })
  const figures: number[] = []
  for (let run = 0; run < bench.runs; run++) figures.push((await peakMemory(scan)) / MEBIBYTE)
  return measured(figures)
}
