import { parentPort, workerData } from 'node:worker_threads'
import { type Setting, type Task, Tasks } from '../distribution/tasks.ts'

/** The body of a worker thread: one task after the other, an answer for each. */
const tasks = new Tasks(workerData as Setting)

parentPort?.on('message', ({ id, task }: { readonly id: number; readonly task: Task }) => {
  void tasks.run(task).then(
    (result) => parentPort?.postMessage({ id, result }),
    (error: unknown) => parentPort?.postMessage({ id, error }),
  )
})
