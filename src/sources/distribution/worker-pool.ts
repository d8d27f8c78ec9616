import type { Task, TaskResults } from './tasks.ts'

/** The workers that do the tasks of one scan: threads, or the calling thread itself. */
export interface WorkerPool {
  /** How many tasks are worth having under way. */
  readonly width: number
  run<T extends Task>(task: T): Promise<TaskResults[T['do']]>
  /** What every worker has to know before its next task. */
  instruct(task: Extract<Task, { do: 'bar' }>): void
  close(): Promise<void>
}
