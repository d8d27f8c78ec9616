import { Worker } from 'node:worker_threads'
import { DiskTasks, type Setting, type Task, type TaskResults } from './tasks.ts'

/** Whoever does the tasks. */
export interface Crew {
  /** How many tasks are worth having under way. */
  readonly width: number
  run<T extends Task>(task: T): Promise<TaskResults[T['do']]>
  /** Give the same task to everyone, and wait for all. */
  runEverywhere(task: Task): Promise<void>
  close(): Promise<void>
}

/** Everything in this thread: for tests, and for what is too little to share out. */
export function soloCrew(setting: Setting): Crew {
  const tasks = new DiskTasks(setting)
  return {
    width: 1,
    run: (task) => tasks.run(task),
    runEverywhere: async (task) => void (await tasks.run(task)),
    close: () => Promise.resolve(),
  }
}

/** Threads that wait on the disk so that the others can go on. @param size how many */
export function threadCrew(setting: Setting, size: number): Crew {
  const members = Array.from({ length: size }, () => new Member(setting))
  return {
    width: size * AHEAD,
    run: (task) => members.reduce((idlest, member) => (member.load < idlest.load ? member : idlest)).run(task),
    runEverywhere: async (task) => void (await Promise.all(members.map((member) => member.run(task)))),
    close: async () => void (await Promise.all(members.map((member) => member.close()))),
  }
}

/** Tasks a thread has at one time: the next is there when it has done one. */
const AHEAD = 2

interface Waiting {
  readonly resolve: (result: never) => void
  readonly reject: (error: unknown) => void
}

class Member {
  readonly #worker: Worker
  readonly #waiting = new Map<number, Waiting>()
  #next = 0
  #ended: unknown

  constructor(setting: Setting) {
    this.#worker = new Worker(new URL('./worker.js', import.meta.url), {
      workerData: setting,
      resourceLimits: { maxYoungGenerationSizeMb: 16 },
    })
    this.#worker.on('message', (message: { id: number; result: never } | { id: number; error: unknown }) => {
      const waiting = this.#waiting.get(message.id)
      this.#waiting.delete(message.id)
      if ('error' in message) waiting?.reject(message.error)
      else waiting?.resolve(message.result)
    })
    this.#worker.on('error', (error) => {
      this.#fail(error)
    })
    this.#worker.on('exit', () => {
      this.#fail(new Error('a worker thread ended early'))
    })
  }

  get load(): number {
    return this.#waiting.size
  }

  run<T extends Task>(task: T): Promise<TaskResults[T['do']]> {
    if (this.#ended !== undefined) return Promise.reject(asError(this.#ended))
    const id = this.#next++
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#worker.postMessage({ id, task })
    })
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }

  #fail(error: unknown): void {
    this.#ended ??= error
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('a worker thread failed', { cause: error })
}
