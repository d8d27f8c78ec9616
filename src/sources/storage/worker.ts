import { parentPort, workerData } from 'node:worker_threads'
import { type Task, Tasks } from '../distribution/tasks.ts'
import { driversFor, type WorkerData } from './worker-data.ts'

/** The body of a worker thread: one task after the other, an answer for each. */
const { setting, driver } = workerData as WorkerData
const tasks = new Tasks(setting, driversFor(driver))

parentPort?.on('message', ({ id, task }: { readonly id: number; readonly task: Task }) => {
  void tasks.run(task).then(
    (result) => parentPort?.postMessage({ id, result }),
    (error: unknown) => parentPort?.postMessage({ id, error }),
  )
})
