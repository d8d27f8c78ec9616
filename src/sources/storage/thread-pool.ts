import { availableParallelism } from 'node:os'
import type { Worker } from 'node:worker_threads'
import { type Task, type TaskResults, Tasks } from '../distribution/tasks.ts'
import type { WorkerPool } from '../distribution/worker-pool.ts'
import { ProcessorClock } from './processor-clock.ts'
import { takeThread } from './thread.ts'
import type { ToWorker } from './worker.ts'
import { driversFor, type WorkerData } from './worker-data.ts'

/** Runs everything in this thread: for tests, and for work that is too small to share. */
export function inProcessPool(data: WorkerData): WorkerPool {
  const tasks = new Tasks(data.setting, driversFor(data.driver))
  return {
    width: 1,
    run: (task) => tasks.run(task),
    instruct: (task) => void tasks.run(task),
    close: () => Promise.resolve(),
  }
}

/**
 * Threads that wait on the disk so that others can go on. There is one at first, one for each processor as soon as there
 * is work for them, and more only while the processors are found idle: on a warm cache every further thread costs more
 * than it gains.
 *
 * @param most the maximum number of threads
 */
export function threadPool(data: WorkerData, most: number): WorkerPool {
  return new ThreadPool(data, most)
}

/** Tasks assigned to one thread at a time: the next one is ready when it finishes one. */
const AHEAD = 2
/** Milliseconds between two measurements of the processors. */
const WATCH = 50
/** If the threads wait for the disk for more than this share of their time, more threads are worth their cost. */
const WAITING = 0.25

class ThreadPool implements WorkerPool {
  readonly #data: WorkerData
  readonly #most: number
  readonly #processors: number
  readonly #workers: PoolWorker[] = []
  readonly #queue: Job[] = []
  readonly #instructions: Task[] = []
  readonly #watch: NodeJS.Timeout
  /** From when tasks first had to wait: a small registry is done before. */
  #clock: ProcessorClock | undefined
  /** Whether the disk was waited for in the time before: once may be a thread that starts. */
  #waited = false
  #ended: Error | undefined

  constructor(data: WorkerData, most: number) {
    this.#data = data
    this.#most = most
    this.#processors = Math.min(most, availableParallelism())
    // It starts while the registry is being opened.
    this.#spawn(1)
    this.#watch = setInterval(() => {
      this.#grow()
    }, WATCH).unref()
  }

  get width(): number {
    return this.#most * AHEAD
  }

  run<T extends Task>(task: T): Promise<TaskResults[T['do']]> {
    if (this.#ended) return Promise.reject(this.#ended)
    return new Promise((resolve, reject) => {
      this.#queue.push({ task, resolve, reject })
      this.#assign()
    })
  }

  instruct(task: Task): void {
    this.#instructions.push(task)
    for (const worker of this.#workers) worker.do({ task, resolve: () => undefined, reject: () => undefined })
  }

  async close(): Promise<void> {
    clearInterval(this.#watch)
    await Promise.all(this.#workers.map((worker) => worker.close()))
  }

  #assign(): void {
    while (this.#queue.length > 0) {
      let idlest = this.#idlest()
      // A thread costs as much as the whole scan of a small registry.
      if (idlest.load > 0 && this.#workers.length < this.#processors) {
        this.#spawn(1)
        idlest = this.#idlest()
      }
      if (idlest.load >= AHEAD) return
      const job = this.#queue.shift()
      if (job) idlest.do(job)
    }
  }

  #idlest(): PoolWorker {
    return this.#workers.reduce((a, b) => (b.load < a.load ? b : a))
  }

  #grow(): void {
    const waiting = this.#queue.length > 0 && this.#waitingShare() > WAITING
    if (waiting && this.#waited) this.#spawn(Math.min(this.#workers.length, this.#most - this.#workers.length))
    this.#waited = waiting
    this.#assign()
  }

  /** The share of the last period in which the threads waited for the disk; none in the first. */
  #waitingShare(): number {
    const clock = this.#clock
    if (clock !== undefined) return 1 - clock.wantedShare(this.#workers.length)
    this.#clock = new ProcessorClock()
    return 0
  }

  #spawn(count: number): void {
    for (let n = 0; n < count; n++) {
      const worker = new PoolWorker(this.#data, {
        onIdle: () => {
          this.#assign()
        },
        onEnd: (error) => {
          this.#fail(error)
        },
      })
      for (const task of this.#instructions) worker.do({ task, resolve: () => undefined, reject: () => undefined })
      this.#workers.push(worker)
    }
  }

  #fail(error: Error): void {
    this.#ended ??= error
    for (const { reject } of this.#queue.splice(0)) reject(error)
  }
}

interface Job {
  readonly task: Task
  readonly resolve: (result: never) => void
  readonly reject: (error: unknown) => void
}

class PoolWorker {
  readonly #worker: Worker
  readonly #running = new Map<number, Job>()
  readonly #onEnd: (error: Error) => void
  #next = 0

  constructor(data: WorkerData, on: { readonly onIdle: () => void; readonly onEnd: (error: Error) => void }) {
    this.#onEnd = on.onEnd
    this.#worker = takeThread()
    this.#post({ data })
    this.#worker.on('message', (message: { id: number; result: never } | { id: number; error: unknown }) => {
      const job = this.#running.get(message.id)
      this.#running.delete(message.id)
      if ('error' in message) job?.reject(message.error)
      else job?.resolve(message.result)
      on.onIdle()
    })
    this.#worker.on('error', (error) => {
      this.#end(error instanceof Error ? error : new Error('a worker thread failed', { cause: error }))
    })
    this.#worker.on('exit', () => {
      this.#end(new Error('a worker thread exited early'))
    })
  }

  get load(): number {
    return this.#running.size
  }

  do(job: Job): void {
    const id = this.#next++
    this.#running.set(id, job)
    this.#post({ id, task: job.task })
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }

  #post(message: ToWorker): void {
    this.#worker.postMessage(message)
  }

  #end(error: Error): void {
    for (const { reject } of this.#running.values()) reject(error)
    this.#running.clear()
    this.#onEnd(error)
  }
}
