import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const BIN = fileURLToPath(new URL('../../dist/bin.js', import.meta.url))

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
  readonly exit: number
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
export async function builtScan(root: string, depth: Depth): Promise<BuiltScan> {
  const flags = ['--depth', depth, '--output', 'json', '--all-tags', '--recheck-delay', '0', '--concurrency', '2']
  const { exit, stdout, stderr } = await run([BIN, 'scan', root, ...flags])
  try {
    const report: { readonly targets: readonly [Omit<BuiltScan, 'exit'>] } = JSON.parse(stdout)
    return { ...report.targets[0], exit }
  } catch (cause) {
    throw new Error(`no report, exit ${exit}: ${stdout}${stderr}`, { cause })
  }
}

function run(args: readonly string[]): Promise<{ exit: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { maxBuffer: 2 ** 28 }, (_, stdout, stderr) => {
      resolve({ exit: child.exitCode ?? -1, stdout, stderr })
    })
  })
}
