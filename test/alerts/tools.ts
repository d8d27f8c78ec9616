import { execFile } from 'node:child_process'
import { describeWithServers } from '../support/servers/required.ts'

/** Tests that need promtool, which comes with its server. */
export function describeWithPromtool(title: string, fn: () => void): void {
  describeWithServers(['prometheus'], title, fn)
}

/** Tests that need Alertmanager, or amtool, which comes with it. */
export function describeWithAlertmanager(title: string, fn: () => void): void {
  describeWithServers(['prometheus-alertmanager'], title, fn)
}

export interface Said {
  readonly code: number
  readonly output: string
}

/** A checker lives for a moment: collecting its garbage, and more than one thread, only take time from the others. */
const SHORT_LIVED = { ...process.env, GOGC: 'off', GOMAXPROCS: '1' }

/** Run a checker to its end; it may find fault. */
export function runTool(command: 'promtool' | 'amtool', ...args: readonly string[]): Promise<Said> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { env: SHORT_LIVED, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') return reject(error)
      resolve({ code: Number(error?.code ?? 0), output: `${stdout}${stderr}` })
    })
  })
}
