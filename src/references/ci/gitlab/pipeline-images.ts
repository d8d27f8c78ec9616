import type { Collected } from '../../collected.ts'
import { child, itemsOf, type Node, textOf } from '../../yaml/node.ts'
import { addImage, type Replaced } from '../written-image.ts'
import type { Configuration } from './configuration.ts'
import { replaceInputs } from './inputs.ts'
import { type Job, type Jobs, NO_SETTINGS } from './jobs.ts'
import { replaceVariables, type Variables, variablesOf } from './variables.ts'

/** An image that jobs use, and the names of those jobs. */
interface ImageUse {
  readonly node: Node
  /** `, service db`, or nothing for the image that a job runs in. */
  readonly part: string
  readonly platform: string | undefined
  readonly replaced: Replaced
  readonly jobs: string[]
}

/** Finds the images of one pipeline. An image that many jobs take from the same line is told once. */
export class PipelineImages {
  readonly #configuration: Configuration
  readonly #found: Collected
  readonly #jobs: Jobs
  /** In the order of the first job that uses it. */
  readonly #uses = new Map<string, ImageUse>()

  constructor(configuration: Configuration, jobs: Jobs, found: Collected) {
    this.#configuration = configuration
    this.#jobs = jobs
    this.#found = found
  }

  read(): void {
    const jobs = this.#jobs.running()
    for (const job of jobs) this.#readJob(job)
    // Jobs of files that were not read run in the default image too.
    if (jobs.length === 0 || this.#configuration.isPartial) this.#readJob({ ...NO_JOB, name: undefined })
    for (const { node, part, platform, replaced, jobs } of this.#uses.values())
      addImage(
        this.#found,
        { file: this.#configuration.fileOf(node), node, usedBy: `${namesOf(jobs)}${part}`, platform },
        () => [replaced],
      )
  }

  #readJob(job: Job): void {
    const { root } = this.#configuration
    const { settings } = job
    const sources = { global: child(root, 'variables'), workflow: child(root, 'workflow'), job: settings }
    const variables = variablesOf(sources)
    const image = this.#setting(settings, 'image')
    const services = this.#setting(settings, 'services')
    if (image) this.#readImage(job, image, variables, false)
    for (const service of this.#flat(services)) this.#readImage(job, service, variables, true)
    this.#tellMissing(job, image !== undefined)
  }

  /** What a job says, else the default, unless the job does not inherit it. */
  #setting(settings: Node, key: 'image' | 'services'): Node | undefined {
    const { root } = this.#configuration
    const own = this.#jobs.dereference(child(settings, key))
    if (isSet(own)) return own
    if (!inheritsDefault(child(settings, 'inherit', 'default'), key)) return undefined
    const general = this.#jobs.dereference(child(root, 'default', key) ?? child(root, key))
    return isSet(general) ? general : undefined
  }

  /** The services of a list that can have references to other lists. */
  #flat(node: Node | undefined, level = 0): readonly Node[] {
    const list = this.#jobs.dereference(node)
    if (list?.kind !== 'list' || level > DEEPEST) return list === undefined ? [] : [list]
    return list.items.flatMap((item) => this.#flat(item, level + 1))
  }

  #readImage(job: Job, written: Node, sets: readonly Variables[] | undefined, isService: boolean): void {
    const name = written.kind === 'map' ? (this.#jobs.dereference(child(written, 'name')) ?? written) : written
    const alias = textOf(child(written, 'alias')) ?? textOf(name) ?? 'without a name'
    const part = isService ? `, service ${alias}` : ''
    const platform = textOf(this.#jobs.dereference(child(written, 'docker', 'platform')))
    for (const replaced of this.#replacedAll(name, sets)) this.#use(job, { node: name, part, platform, replaced })
  }

  /** All that the name of an image stands for in the runs of a job. */
  #replacedAll(node: Node, sets: readonly Variables[] | undefined): readonly Replaced[] {
    const text = textOf(node) ?? ''
    if (!text.includes('$')) return [{ is: 'known', text }]
    if (sets === undefined) return [{ is: 'unknown', because: 'its variables have too many values' }]
    const complete = replaceInputs(text, this.#configuration.inputsOf(node))
    return complete.is === 'unknown' ? [complete] : sets.map((variables) => replaceVariables(complete.text, variables))
  }

  #use(job: Job, use: Omit<ImageUse, 'jobs'>): void {
    const { node, part, platform, replaced } = use
    const place = this.#configuration.fileOf(node).placeOf(node)
    const key = JSON.stringify([place, part, platform, replaced])
    const jobs = this.#uses.get(key)?.jobs ?? []
    if (job.name !== undefined && !jobs.includes(job.name)) jobs.push(job.name)
    this.#uses.set(key, { ...use, jobs })
  }

  /** @see "extends": a job that extends what is not there may get its image there */
  #tellMissing({ name, missing }: Job, hasImage: boolean): void {
    if (hasImage && this.#configuration.isPartial) return
    for (const node of missing) {
      const file = this.#configuration.fileOf(node)
      const because = 'it is in none of the files that were read'
      this.#found.unknown.push({
        text: `extends: ${file.writtenAs(node)}`,
        place: file.placeOf(node),
        usedBy: `job ${name ?? ''}`,
        because,
      })
    }
  }
}

const DEEPEST = 10
const NO_JOB = { settings: NO_SETTINGS, missing: [] }

/** A key without a value says nothing. */
function isSet(node: Node | undefined): node is Node {
  return node !== undefined && !(node.kind === 'scalar' && node.value === undefined)
}

/** @see GitLab CI/CD YAML syntax reference, "inherit:default": true, false, or the keys that are inherited */
function inheritsDefault(inherit: Node | undefined, key: string): boolean {
  if (inherit?.kind === 'list') return itemsOf(inherit).some((item) => textOf(item) === key)
  return !(inherit?.kind === 'scalar' && inherit.value === false)
}

/** For people: `job a`, `jobs a and b`, `job a and 3 others`. */
function namesOf([first, second, ...others]: readonly string[]): string {
  if (first === undefined) return 'jobs by default'
  if (second === undefined) return `job ${first}`
  return others.length === 0 ? `jobs ${first} and ${second}` : `job ${first} and ${others.length + 1} others`
}
