import { scanJson } from './run.ts'

export type Depth = 'graph' | 'blobs' | 'content'

export interface ReportedTag {
  readonly repository: string
  readonly tag: string
  readonly digest?: string
  readonly verdict: 'intact' | 'degraded' | 'unpullable' | 'unchecked'
}

export interface ReportedFinding {
  readonly code: string
  readonly cause: string
  readonly severity: 'error' | 'warning' | 'notice'
  readonly repository: string
  readonly tag?: string
  readonly digest?: string
  readonly tags: readonly string[]
}

/** What the built command said of the one registry below a root. */
export interface BuiltScan {
  readonly depth: Depth
  readonly exit: number | null
  readonly complete: boolean
  /** Every tag, intact ones too. */
  readonly tags: readonly ReportedTag[]
  readonly findings: readonly ReportedFinding[]
}

/**
 * Run the built command as its users do, in a process of its own.
 *
 * @throws {Error} with everything it printed, where that is no report on one target
 */
export async function builtScan(target: string, depth: Depth, flags: readonly string[] = []): Promise<BuiltScan> {
  const all = ['--depth', depth, '--all-tags', '--concurrency', '2', ...flags]
  const { code, stdout, stderr } = await scanJson([target], all)
  try {
    const report: { readonly targets: readonly [Omit<BuiltScan, 'exit'>] } = JSON.parse(stdout)
    return { ...report.targets[0], exit: code }
  } catch (cause) {
    throw new Error(`no report, exit ${code}: ${stdout}${stderr}`, { cause })
  }
}
