import { Lines } from '../lines.ts'
import type {
  ImageReference,
  Place,
  ReferencesRead,
  SourceFile,
  UnknownReference,
  UnreadableFile,
} from '../reference.ts'
import type { Node } from '../yaml/node.ts'
import type { ImageText } from './image-text.ts'
import { ClusterNodes } from './nodes.ts'
import type { PodNeeds } from './pod-needs.ts'
import type { PullSecret } from './pull-secret.ts'

/** A workload of a cluster that will not start again, so its images are not needed. */
export interface FinishedWorkload {
  readonly place: Place
  readonly label: string
  /** Why, as the end of a sentence: `the pod has finished`. */
  readonly because: string
}

/** All that Kubernetes objects say about images. */
export interface KubernetesRead extends ReferencesRead {
  /** How many objects were read. If it is 0, the files are something else. */
  readonly objects: number
  /** How many lists of a cluster were read. One without objects is an answer too. */
  readonly answers: number
  /** The platforms of the nodes of the pods, or that the pods ask for; sorted. */
  readonly platforms: readonly string[]
  /** How many nodes are among the objects. */
  readonly nodes: number
  readonly finished: readonly FinishedWorkload[]
  /** Contents are secret. */
  readonly pullSecrets: readonly PullSecret[]
  /** Of the options, those that no object has. */
  readonly unusedFields: readonly string[]
}

/** Who names an image, and how. */
export interface ImageUse {
  readonly usedBy: string
  readonly needs: PodNeeds
  readonly running?: string
}

/**
 * Images that one run may name. Aliases could make any number of a small file.
 *
 * @see Kubernetes, "Considerations for large clusters": 300,000 containers
 */
const MOST = 500_000

/** More images than {@link MOST}. */
export class TooManyImages extends Error {}

/** Gathers what the objects of all files say. What needs other objects (nodes, service accounts) is settled at the end. */
export class CollectedObjects {
  readonly unreadable: UnreadableFile[] = []
  readonly finished: FinishedWorkload[] = []
  readonly pullSecrets: PullSecret[] = []
  readonly nodes: ClusterNodes = new ClusterNodes()
  readonly secretsOfAccount: Map<string, readonly string[]> = new Map()
  readonly usedFields: Set<string> = new Set()
  objects = 0
  answers = 0
  readonly #unknown: UnknownReference[] = []
  readonly #images: { readonly reference: ImageReference; readonly needs: PodNeeds }[] = []

  /** @throws {TooManyImages} */
  add(file: OpenFile, node: Node, said: ImageText, { usedBy, needs, running }: ImageUse): void {
    const place = file.placeOf(node)
    if (said.is === 'unknown') this.#unknown.push({ text: said.text, place, usedBy, because: said.because })
    else {
      const { start, end } = node
      const span = node.kind === 'scalar' && node.isVerbatim ? { span: { start, end } } : {}
      const reference = { image: said.image, place, usedBy, ...span, ...(running === undefined ? {} : { running }) }
      this.#images.push({ reference, needs })
    }
    if (this.#images.length + this.#unknown.length > MOST) throw new TooManyImages()
  }

  result(fields: readonly string[]): KubernetesRead {
    const images = this.#images.map(({ reference, needs }) => this.#settled(reference, needs))
    return {
      images,
      unknown: this.#unknown,
      unreadable: this.unreadable,
      objects: this.objects,
      answers: this.answers,
      platforms: [...new Set(images.flatMap(({ platform }) => platform ?? []))].sort(),
      nodes: this.nodes.size,
      finished: this.finished,
      pullSecrets: this.pullSecrets,
      // Where there is no object at all, no field can be misspelt.
      unusedFields: this.objects === 0 && this.answers > 0 ? [] : fields.filter((field) => !this.usedFields.has(field)),
    }
  }

  /** @see Kubernetes, "Configure Service Accounts for Pods": a pod without pull secrets gets those of its account */
  #settled(reference: ImageReference, needs: PodNeeds): ImageReference {
    const { node, platform: asked, pullSecrets: own, account } = needs
    const platform = (node === undefined ? undefined : this.nodes.platformOf(node)) ?? asked
    const platformsOfNodes = platform === undefined && node === undefined ? this.nodes.platformsFor(needs) : []
    const pullSecrets = own.length > 0 ? own : (this.secretsOfAccount.get(account) ?? [])
    return {
      ...reference,
      ...(platform === undefined ? {} : { platform }),
      ...(platform === undefined && node !== undefined ? { unknownNode: node } : {}),
      ...(platformsOfNodes.length === 0 ? {} : { platformsOfNodes }),
      ...(pullSecrets.length === 0 ? {} : { pullSecrets }),
    }
  }
}

/** A file while its objects are read. */
export class OpenFile {
  readonly name: string
  readonly text: string
  #lines: Lines | undefined

  constructor({ name, text }: SourceFile) {
    this.name = name
    this.text = text
  }

  placeOf({ start }: { readonly start: number }): Place {
    this.#lines ??= new Lines(this.name, this.text)
    return this.#lines.at(start)
  }
}
