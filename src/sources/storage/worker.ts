import { parentPort } from 'node:worker_threads'
import { type Task, Tasks } from '../distribution/tasks.ts'
import { driversFor, type WorkerData } from './worker-data.ts'

/** What a worker thread receives: first what all its tasks share, then one task after the other. */
export type ToWorker = { readonly data: WorkerData } | { readonly id: number; readonly task: Task }

/** The body of a worker thread: an answer for each task. */
let tasks: Tasks | undefined

parentPort?.on('message', (message: ToWorker) => {
  if ('data' in message) {
    tasks = new Tasks(message.data.setting, driversFor(message.data.driver))
    return
  }
  const { id, task } = message
  void tasks?.run(task).then(
    (result) => parentPort?.postMessage({ id, result }),
    (error: unknown) => parentPort?.postMessage({ id, error }),
  )
})
