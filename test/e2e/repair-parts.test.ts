import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { randomHistory } from '../support/builders/random-history.ts'
import { regfsck } from '../support/command/run.ts'
import { shellcheck } from '../support/repair/plan-script.ts'
import { scratch } from '../support/scratch.ts'
import { describeWithServers } from '../support/servers/required.ts'

const SEEDS = [1, 4, 6, 9]
const FORMATS = ['json', 'ndjson', 'table', 'markdown', 'html', 'repair'] as const
/** Of the text after the last command that a report shows: it stands for those that it leaves out. */
const LEFT_OUT = /^# and \d+ more|^\W*and \d+ more/

type Format = (typeof FORMATS)[number]

/** Every command of a report, as somebody copies it. */
const COMMANDS: Readonly<Record<Exclude<Format, 'repair'>, (text: string) => string[]>> = {
  json: (text) =>
    JSON.parse(text).targets.flatMap(({ findings }: { findings: Reported[] }) => findings.flatMap(toldBy)),
  ndjson: (text) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ type }) => type === 'finding')
      .flatMap(toldBy),
  table: (text) => [...text.matchAll(/^ *\$ (.*)$/gm)].map(([, command = '']) => command),
  markdown: (text) => [...text.matchAll(/^```sh\n(.*?)\n```$/gms)].flatMap(([, block = '']) => block.split('\n')),
  html: (text) =>
    [...text.matchAll(/<pre[^>]*>(.*?)<\/pre>/gs)].flatMap(([, block = '']) => unescaped(block).split('\n')),
}

interface Reported {
  readonly repair: { readonly commands: readonly string[] }
}

function toldBy({ repair }: Reported): readonly string[] {
  return repair.commands
}

function unescaped(html: string): string {
  return html
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}

/** The script checks many images in one command, each on a line of its own. */
function isPartOf(script: string, command: string): boolean {
  const image = /^regfsck check --depth content (".*")$/.exec(command)?.[1]
  if (image === undefined) return script.includes(command)
  const checked = [
    ...script.matchAll(/^\{ regfsck check --depth content (.*(?:\\\n.*)*); \} \|\| failed \d+$/gm),
  ].flatMap(([, images = '']) => images.replaceAll('\\\n', '').split(/ +/))
  return checked.includes(image)
}

describeWithServers(['docker-registry', 'shellcheck'], 'every command that a report shows', () => {
  const directory = scratch()

  it.each(SEEDS)('is a part of the script of the same scan (seed %i)', async (seed) => {
    const place = mkdtempSync(join(directory, 'parts-'))
    const root = join(place, 'registry')
    mkdirSync(root)
    await randomHistory(seed, root)
    const outputs = FORMATS.flatMap((format) => ['--output', `${format}=${join(place, format)}`])
    const { code, stderr } = await regfsck(['scan', '--depth', 'content', '--recheck-delay', '0', ...outputs, root])
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    const read = (format: Format): string => readFileSync(join(place, format), 'utf8')
    const script = read('repair')
    expect(shellcheck(join(place, 'repair'))).toBe('')
    for (const [format, commandsIn] of Object.entries(COMMANDS)) {
      // Object.entries forgets the names of its keys.
      const commands = commandsIn(read(format as Format)).filter((command) => !LEFT_OUT.test(command))
      expect(commands.length, format).toBeGreaterThan(0)
      expect(
        commands.filter((command) => !isPartOf(script, command)),
        format,
      ).toEqual([])
    }
  })
})
