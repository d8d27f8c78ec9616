import type { Answer } from '../../check/reach/answers.ts'
import type { ReachEvent } from '../../check/reach/reach-registry.ts'
import { harmlessJson } from '../escape.ts'
import type { Write } from '../report.ts'
import type { AnsweredLine, ReachInfo, ReachOutput } from './reach-output.ts'

/** One JSON document, written as it becomes known: a line for each repository, one for each answer. */
export function reachJson(write: Write, version: string): ReachOutput {
  const list = new OpenList(write)
  let unknown: unknown[] = []
  let error: string | undefined
  let isOpen = false
  const close = (): void => {
    if (!isOpen) return
    list.close()
    write(`,"unknown":${harmlessJson(unknown)}${error === undefined ? '' : `,"error":${harmlessJson(error)}`}}`)
    isOpen = false
  }
  let targets = 0
  write(`{"schemaVersion":1,"tool":${harmlessJson({ name: 'regfsck', version })},"targets":[`)
  return {
    target(info: ReachInfo) {
      close()
      write(`${targets++ === 0 ? '' : ','}\n{${harmlessJson(info).slice(1, -1)},"repositories":[`)
      list.open()
      unknown = []
      error = undefined
      isOpen = true
    },
    take(event: ReachEvent) {
      if (event.type === 'unknown') unknown.push(event.record)
      else if (event.type === 'unreadable') error = event.reason
      else {
        const { repository, tags, totals, reached, unknown: unread } = event.reach
        list.add({ repository, tags, totals, reached })
        unknown.push(...unread)
      }
    },
    end({ complete, answers }) {
      close()
      write(`],\n"complete":${complete}`)
      if (answers !== undefined) {
        write(',"answers":[')
        list.open()
        for (const each of answers) list.add(answerOf(each))
        list.close()
      }
      write('}\n')
    },
  }
}

function answerOf({ asked, answer }: AnsweredLine): object {
  const { line, text, digest, repository } = asked
  return { line, text, digest, repository, answer: answer.is, ...reasonOf(answer) }
}

function reasonOf(answer: Answer): object {
  switch (answer.is) {
    case 'free':
      return {}
    case 'unknown':
      return { because: answer.because }
    case 'kept':
      return {
        at: answer.at.map(({ registry, repository, kept: { kind, roots, way } }) => {
          return { registry, repository, kind, roots, way }
        }),
      }
  }
}

/** Writes the elements of a list, one a line. */
class OpenList {
  readonly #write: Write
  #isEmpty = true

  constructor(write: Write) {
    this.#write = write
  }

  open(): void {
    this.#isEmpty = true
  }

  add(element: object): void {
    this.#write(`${this.#isEmpty ? '' : ','}\n${harmlessJson(element)}`)
    this.#isEmpty = false
  }

  close(): void {
    this.#write(this.#isEmpty ? ']' : '\n]')
  }
}
