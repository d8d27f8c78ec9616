import { isFindingCode } from '../../check/findings/catalogue.ts'
import { isObject, JsonStore, type StateFiles } from '../state/json-store.ts'
import type { DeployedRecord } from './deployed-state.ts'

const VERSION = 1
const FOREIGN = 'was not written by this version of regfsck'

/** The records of what is deployed, by the names of their sets, kept over a restart. */
export type DeployedStore = JsonStore<DeployedRecord>

/** Opens the records. Without files nothing is kept. */
export function deployedStore(files: StateFiles | undefined, warn: (sentence: string) => void): DeployedStore {
  const encode = (deployed: DeployedRecord): unknown => ({ version: VERSION, deployed })
  return new JsonStore(files, warn, { prefix: 'deployed-', encode, decode: recordIn })
}

/** @returns the record, or why it cannot be used */
function recordIn(value: unknown): DeployedRecord | string {
  const record = isObject(value) && value['version'] === VERSION ? value['deployed'] : undefined
  if (!isObject(record) || !isObject(record['samples'])) return FOREIGN
  const { samples, images } = record
  const lists = [record['runs'], images, record['unknown'], samples['run'], samples['findings'], samples['result']]
  if (!lists.every((list) => Array.isArray(list)) || !Array.isArray(images)) return FOREIGN
  // A later version may have more codes.
  const isKnown = (image: unknown): boolean =>
    isObject(image) &&
    Array.isArray(image['uses']) &&
    Array.isArray(image['findings']) &&
    image['findings'].every((finding: unknown) => isObject(finding) && isFindingCode(finding['code']))
  // The other fields are not checked: this version wrote them.
  return images.every(isKnown) ? (record as unknown as DeployedRecord) : FOREIGN
}
