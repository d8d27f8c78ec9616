import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { FINDING_CODES } from '../../src/check/findings/catalogue.ts'
import { BECAUSE_CODES } from '../../tools/report-words.ts'
import { regfsck } from '../support/command/run.ts'
import { scratch } from '../support/scratch.ts'
import { isExported, metricsIn } from './catalogue.ts'
import { alertNames, alertRules } from './rules.ts'
import { describeWithPromtool, runTool } from './tools.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const RUNBOOKS = join(ROOT, 'docs/runbooks')

describe('each alert', () => {
  it('has a runbook, and each runbook an alert', () => {
    expect(readdirSync(RUNBOOKS).sort()).toEqual(alertNames().map((name) => `${name}.md`))
  })

  it.each(alertRules())(
    '$alert ($labels.severity) links its runbook, or says what prints it',
    ({ alert, annotations }) => {
      expect(annotations.runbook_url).toMatch(
        new RegExp(`label "runbooks" }}/${alert}\\.md {{- else }}regfsck explain ${alert}{{ end }}$`),
      )
    },
  )

  it.each(alertRules())(
    '$alert ($labels.severity) has a runbook that says how bad it is, and what to do first',
    ({ alert, labels }) => {
      const [head = '', ...sections] = page(alert).split('\n## ')
      expect(head.startsWith(`# ${alert}\n`)).toBe(true)
      expect(head).toContain(labels['severity'])
      const titles = sections.map((section) => section.split('\n')[0])
      expect(titles).toEqual(['Do this first', 'Meaning', 'Impact', 'Diagnosis', 'Mitigation'])
    },
  )
})

describe('the commands of', () => {
  const options = new Map<string, string>()

  beforeAll(async () => {
    for (const command of ['scan', 'check', 'gc-preview', 'explain'])
      options.set(command, (await regfsck([command, '--help'])).stdout)
  })

  it.each(alertNames())('%s are such as the shell can read', (alert) => {
    for (const input of blocks(alert, 'sh')) expect(() => execFileSync('sh', ['-n'], { input })).not.toThrow()
  })

  it.each(alertNames())('%s use commands and options that regfsck has', (alert) => {
    const lines = blocks(alert, 'sh').flatMap(
      (block) => block.match(/\bregfsck (?:scan|check|gc-preview|explain|serve).*/g) ?? [],
    )
    for (const line of lines) {
      const [, command = ''] = line.split(' ')
      const used = line.match(/--[\w-]+/g) ?? []
      expect(used.filter((option) => !options.get(command)?.includes(`${option} `))).toEqual([])
    }
  })

  it.each(alertNames())('%s explain words that there are', (alert) => {
    const words = [...page(alert).matchAll(/regfsck explain ([\w-]+)/g)].map(([, word = '']) => word)
    const known: readonly string[] = ['CODE', ...FINDING_CODES, ...BECAUSE_CODES]
    expect(words.filter((word) => !known.includes(word))).toEqual([])
  })
})

describeWithPromtool('the queries of the runbooks', () => {
  const directory = scratch()
  const lines = alertNames().flatMap((alert) => blocks(alert, 'promql').flatMap((block) => block.trim().split('\n')))

  it('are such as Prometheus can read', async () => {
    const file = join(directory, 'runbooks.rules.yaml')
    const rules = lines.map((expr, n) => ({ record: `runbook:query:${n}`, expr: expr.trim() }))
    writeFileSync(file, stringify({ groups: [{ name: 'runbooks', rules }] }))
    const { code, output } = await runTool('promtool', 'check', 'rules', file)
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining(`${lines.length} rules found`) })
  })

  it('ask for metrics that are exported', () => {
    expect(lines.flatMap(metricsIn).filter((name) => !isExported(name))).toEqual([])
  })
})

function page(alert: string): string {
  return readFileSync(join(RUNBOOKS, `${alert}.md`), 'utf8')
}

/** The fenced blocks of one language, also those in a list. */
function blocks(alert: string, language: string): readonly string[] {
  const fence = new RegExp(`^ *\`\`\`${language}\\n(.*?)^ *\`\`\`$`, 'gms')
  return [...page(alert).matchAll(fence)].map(([, block = '']) => block)
}
