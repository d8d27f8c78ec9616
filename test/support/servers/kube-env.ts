import { delimiter } from 'node:path'
import { env } from 'node:process'
import { KUBE_TOOLS } from './kube-tools.mjs'

/** For `helm` and `kubectl`: those of the machine, or else those that `kube-tools.mjs` fetched. */
export const KUBE_ENV: NodeJS.ProcessEnv = { ...env, PATH: [env['PATH'], KUBE_TOOLS].join(delimiter) }
