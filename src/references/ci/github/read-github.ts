import { Collected } from '../../collected.ts'
import type { ReferencesRead, SourceFile } from '../../reference.ts'
import { child, itemsOf, type MapNode, type Node, textOf } from '../../yaml/node.ts'
import { addImage, type Replaced } from '../written-image.ts'
import { YamlFile } from '../yaml-file.ts'
import { isWholeMatrixValue, replaceExpressions } from './expression.ts'
import { combinationsOf } from './matrix.ts'

/**
 * Reads the images of a workflow of GitHub Actions or of an action (`action.yml`): those that jobs run in, those of
 * their services, and steps that are images (`uses: docker://…`). What else `uses` names is code of others, and is not
 * followed; reusable workflows of other repositories are named.
 *
 * @see Workflow syntax for GitHub Actions, "jobs.<job_id>.container", "jobs.<job_id>.services.<service_id>.image",
 *   "jobs.<job_id>.steps[*].uses"; Metadata syntax, "runs.image", "runs.steps[*].uses"
 */
export function readGitHub(source: SourceFile): ReferencesRead {
  const file = new YamlFile(source)
  const found = new Collected()
  for (const unreadable of file.unreadable) found.unreadable.push(unreadable)
  for (const root of file.roots) {
    if (root.kind === 'map') new Reader(file, found).read(root)
    else found.unreadable.push({ place: file.placeOf(root), because: 'it is not a mapping with jobs' })
  }
  return found
}

class Reader {
  readonly #file: YamlFile
  readonly #found: Collected

  constructor(file: YamlFile, found: Collected) {
    this.#file = file
    this.#found = found
  }

  read(root: MapNode): void {
    this.#readDockerUse(child(root, 'runs', 'image'), 'action')
    this.#readSteps(child(root, 'runs', 'steps'), 'action')
    for (const [name, job] of entriesOf(child(root, 'jobs'))) this.#readJob(`job ${name}`, job)
  }

  #readJob(job: string, settings: Node): void {
    const matrix = combinationsOf(child(settings, 'strategy', 'matrix'))
    this.#readContainer(child(settings, 'container'), job, matrix)
    for (const [name, service] of entriesOf(child(settings, 'services')))
      this.#readContainer(service, `${job}, service ${name}`, matrix)
    this.#readSteps(child(settings, 'steps'), job)
    this.#tellReusable(child(settings, 'uses'), job)
  }

  /** A container is the name of an image, or a mapping with one. No image is no container. */
  #readContainer(container: Node | undefined, usedBy: string, matrix: Matrix): void {
    const node = container?.kind === 'map' ? (child(container, 'image') ?? container) : container
    if (node === undefined || isEmpty(node)) return
    addImage(this.#found, { file: this.#file, node, usedBy }, (text) => replaceAll(text, matrix))
  }

  #readSteps(steps: Node | undefined, job: string): void {
    itemsOf(steps).forEach((step, at) => {
      const name = textOf(child(step, 'name')) ?? textOf(child(step, 'id')) ?? String(at + 1)
      this.#readDockerUse(child(step, 'uses'), `${job}, step ${name}`)
    })
  }

  /** `docker://image`. Expressions are not replaced here. */
  #readDockerUse(node: Node | undefined, usedBy: string): void {
    const text = textOf(node)
    if (node?.kind !== 'scalar' || text?.startsWith(DOCKER) !== true) return
    const image = text.slice(DOCKER.length)
    const place = this.#file.placeOf(node)
    if (image.includes('${{'))
      this.#found.unknown.push({ text, place, usedBy, because: 'GitHub replaces no expressions in uses' })
    else if (image === '') this.#found.unknown.push({ text, place, usedBy, because: 'its name is empty' })
    else {
      const span = node.isVerbatim ? { span: { start: node.start + DOCKER.length, end: node.end } } : {}
      this.#found.images.push({ image, place, usedBy, ...span })
    }
  }

  /** @see "jobs.<job_id>.uses": `./` is a workflow of the same repository, a file like this one */
  #tellReusable(node: Node | undefined, usedBy: string): void {
    const text = textOf(node)
    if (node === undefined || text === undefined || text.startsWith('./')) return
    const because = 'workflows of other repositories are not read'
    this.#found.unknown.push({ text, place: this.#file.placeOf(node), usedBy, because })
  }
}

type Matrix = ReturnType<typeof combinationsOf>

const DOCKER = 'docker://'

/** @see "jobs.<job_id>.services.<service_id>.image": with empty text the service does not start */
function isEmpty(node: Node): boolean {
  return node.kind === 'scalar' && (node.value === undefined || node.value === '')
}

/** All that a text stands for in the jobs of a matrix. Where it stands for nothing, there is no container. */
function replaceAll(text: string, matrix: Matrix): readonly Replaced[] {
  const name = withoutDocker(text)
  if (!name.includes('${{')) return [{ is: 'known', text: name }]
  if ('because' in matrix)
    return [/\bmatrix\b/.test(name) ? { is: 'unknown', because: matrix.because } : replaceExpressions(name, new Map())]
  const all = matrix.combinations.map((combination) => replaceExpressions(name, combination))
  return all.filter((one) => !(one.is === 'known' && one.text === '' && isWholeMatrixValue(name)))
}

function withoutDocker(text: string): string {
  return text.startsWith(DOCKER) ? text.slice(DOCKER.length) : text
}

function entriesOf(node: Node | undefined): readonly (readonly [name: string, value: Node])[] {
  return node?.kind === 'map' ? [...node.entries].map(([name, { value }]) => [name, value] as const) : []
}
