import { createHash } from 'node:crypto'
import { isFindingCode } from '../../check/findings/catalogue.ts'
import type { StateFiles } from '../state/state-store.ts'
import type { DeployedRecord } from './deployed-state.ts'

const VERSION = 1

/** Keeps the records of what is deployed over a restart. Without files it keeps nothing. */
export class DeployedStore {
  readonly #files: StateFiles | undefined
  readonly #warn: (sentence: string) => void

  constructor(files: StateFiles | undefined, warn: (sentence: string) => void) {
    this.#files = files
    this.#warn = warn
  }

  /** @returns `undefined`: there is none, or it cannot be used; the latter is logged */
  read(name: string): DeployedRecord | undefined {
    const file = fileOf(name)
    try {
      const text = this.#files?.read(file)
      if (text === undefined) return undefined
      const record = recordIn(text)
      if (record !== undefined) return record
      this.#files?.setAside(file)
      this.#warn(`state: ${file} was not written by this version of regfsck: set aside; earlier results are lost`)
    } catch (error) {
      this.#warn(`state: cannot read ${file}: ${messageOf(error)}`)
    }
    return undefined
  }

  write(name: string, record: DeployedRecord): void {
    try {
      this.#files?.write(fileOf(name), JSON.stringify({ version: VERSION, deployed: record }))
    } catch (error) {
      this.#warn(`state: cannot write ${fileOf(name)}: ${messageOf(error)}; a restart will lose this run`)
    }
  }
}

function fileOf(name: string): string {
  return `deployed-${createHash('sha256').update(name).digest('hex')}.json`
}

function recordIn(text: string): DeployedRecord | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  const record = isObject(value) && value['version'] === VERSION ? value['deployed'] : undefined
  if (!isObject(record) || !isObject(record['samples'])) return undefined
  const { samples, images } = record
  const lists = [record['runs'], images, record['unknown'], samples['run'], samples['findings'], samples['result']]
  if (!lists.every((list) => Array.isArray(list)) || !Array.isArray(images)) return undefined
  // A later version may have more codes.
  const isKnown = (image: unknown): boolean =>
    isObject(image) &&
    Array.isArray(image['uses']) &&
    Array.isArray(image['findings']) &&
    image['findings'].every((finding: unknown) => isObject(finding) && isFindingCode(finding['code']))
  // The other fields are not checked: this version wrote them.
  return images.every(isKnown) ? (record as unknown as DeployedRecord) : undefined
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
