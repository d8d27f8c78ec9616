import { OPTIONS } from '../../config/options/table.ts'
import type { Report, Write } from '../../report/report.ts'
import type { TableStyle } from '../../report/table/table.ts'
import { writeOutputFile } from '../files/output-file.ts'
import type { OptionValues } from '../options/option-values.ts'
import { quoted } from '../options/passwords.ts'

/** `--output FORMAT[=FILE]`. */
export interface OutputChoice {
  readonly format: (typeof OPTIONS.output.words)[number]
  /** Missing: stdout. */
  readonly file: string | undefined
  /** Whether to print nothing if there are no problems. */
  readonly onlyProblems?: boolean
  /** A command that has other outputs, if this one has only a table. */
  readonly commandWithOutputs?: string
}

/** Parses the values of `--output`. A file `-` is stdout. */
export function readOutputs(
  { output, quiet = false }: { readonly output: readonly string[]; readonly quiet?: boolean | undefined },
  values: OptionValues,
): readonly OutputChoice[] {
  const choices = output.map((word): OutputChoice => {
    const [format = '', ...file] = word.split('=')
    const path = file.join('=')
    if (word.includes('=') && path === '') values.problems.push(`--output: no file after ${quoted(word)}`)
    return {
      format: values.choice('--output', format, OPTIONS.output.words),
      file: path === '' || path === '-' ? undefined : path,
    }
  })
  if (choices.filter(({ file }) => file === undefined).length > 1)
    values.problems.push('--output: only one format can go to stdout; give the others a file: FORMAT=FILE')
  const files = choices.flatMap(({ file }) => file ?? [])
  if (new Set(files).size < files.length) values.problems.push('--output: two formats cannot go to one file')
  return choices.length > 0 ? choices : [{ format: 'table', file: undefined, onlyProblems: quiet }]
}

/** A report and its destination. */
export interface Output<R = Report> {
  readonly report: R
  /**
   * Flushes. @returns what could not be delivered, if anything
   * @param how.stdoutIsFree whether it may go to stdout instead
   * @param how.isAllWell whether there were no problems
   */
  finish(how: { readonly stdoutIsFree: boolean; readonly isAllWell: boolean }): Promise<string | undefined>
}

/** Makes a report that writes its text. Each format is loaded only if it is used: most runs use one, and the start has to be fast. */
export type ReportMaker<R> = (choice: OutputChoice, write: Write, style: TableStyle) => Promise<R>

/**
 * Opens a report.
 *
 * @param to.stdout for a result without a file, or whose file cannot be written
 * @param to.signal ends the wait for the reader of a pipe
 */
export async function openOutput<R>(
  choice: OutputChoice,
  to: { readonly stdout: Write; readonly signal: AbortSignal; readonly style: TableStyle },
  reportOf: ReportMaker<R>,
): Promise<Output<R>> {
  const { stdout, signal, style } = to
  const { file } = choice
  const pieces: string[] = []
  const write: Write = (text) => pieces.push(text)
  if (file === undefined)
    return {
      report: await reportOf(choice, choice.onlyProblems === true ? write : stdout, style),
      finish: ({ isAllWell }) => {
        if (!isAllWell) for (const piece of pieces) stdout(piece)
        return Promise.resolve(undefined)
      },
    }
  return {
    report: await reportOf(choice, write, { ...style, color: false, columns: 120 }),
    finish: async ({ stdoutIsFree }) => {
      const problem = await deliver(file, pieces, signal)
      if (problem !== undefined && stdoutIsFree) for (const piece of pieces) stdout(piece)
      return problem
    },
  }
}

/** The reports of a scan. */
export const scanReport: ReportMaker<Report> = async ({ format, commandWithOutputs }, write, style) => {
  switch (format) {
    case 'table':
      return (await import('../../report/table/table.ts')).tableReport(write, { ...style, commandWithOutputs })
    case 'json':
      return (await import('../../report/json/json.ts')).jsonReport(write)
    case 'ndjson':
      return (await import('../../report/json/ndjson.ts')).ndjsonReport(write)
    case 'junit':
      return (await import('../../report/junit.ts')).junitReport(write)
    case 'markdown':
      return (await import('../../report/markdown.ts')).markdownReport(write)
    case 'sarif': {
      const { sarifReport } = await import('../../report/sarif/sarif.ts')
      const { codePages } = await import('../explain/code-pages.ts')
      const pages = { findings: codePages('findings'), unchecked: codePages('unchecked') }
      return sarifReport(write, (room, code) => pages[room].get(code))
    }
    case 'repair':
      return (await import('../../report/repair/script.ts')).repairReport(write)
    case 'prometheus':
      return (await import('../../report/prometheus.ts')).prometheusReport(write)
    case 'html':
      return (await import('../../report/html/html.ts')).htmlReport(write)
  }
}

/** Delivers all outputs. @returns what could not be delivered */
export async function finishOutputs(
  outputs: readonly Pick<Output<unknown>, 'finish'>[],
  choices: readonly OutputChoice[],
  isAllWell: boolean,
): Promise<string[]> {
  let stdoutIsFree = choices.every(({ file }) => file !== undefined)
  const problems: string[] = []
  for (const output of outputs) {
    const problem = await output.finish({ stdoutIsFree, isAllWell })
    if (problem === undefined) continue
    stdoutIsFree = false
    problems.push(problem)
  }
  return problems
}

async function deliver(file: string, pieces: readonly string[], signal: AbortSignal): Promise<string | undefined> {
  try {
    await writeOutputFile(file, pieces, signal)
    return undefined
  } catch (error) {
    return `cannot write ${file}: ${error instanceof Error ? error.message : String(error)}`
  }
}
