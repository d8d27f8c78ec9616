import type { Task, TaskResults } from './tasks.ts'

/** The workers that do the tasks of one scan: threads, or the calling thread itself. */
export interface WorkerPool {
  /** How many tasks are worth running in parallel. */
  readonly width: number
  run<T extends Task>(task: T): Promise<TaskResults[T['do']]>
  /** Runs a task in every worker, before its next one. */
  instruct(task: Extract<Task, { do: 'bar' | 'ask' }>): void
  close(): Promise<void>
}
