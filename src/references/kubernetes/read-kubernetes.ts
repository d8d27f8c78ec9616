import type { SourceFile } from '../reference.ts'
import type { Node } from '../yaml/node.ts'
import { documentsIn } from '../yaml/parse.ts'
import { CollectedObjects, type KubernetesRead, OpenFile, TooManyImages } from './collected.ts'
import { parseCustomField } from './custom-fields.ts'
import { answerIn, objectsIn } from './kubernetes-object.ts'
import { ObjectReader } from './object-reader.ts'

/** How Kubernetes objects are read. */
export interface KubernetesOptions {
  /** Further fields that name images, in any object: `spec.server.image`, `spec.nodes[].image`, `spec.*.image`. */
  readonly customImageFields?: readonly string[]
}

/**
 * Reads the images in Kubernetes objects, in YAML or JSON: manifests, the output of `kustomize build` and `helm
 * template`, and of `kubectl get … -o json`. The files belong together: nodes, service accounts and secrets may be in
 * another file than the pods.
 */
export function readKubernetes(files: readonly SourceFile[], options: KubernetesOptions = {}): KubernetesRead {
  const { customImageFields = [] } = options
  const fields = customImageFields.map(parseCustomField)
  const collected = new CollectedObjects()
  for (const source of files) {
    const file = new OpenFile(source)
    readFile(file, collected, new ObjectReader(file, collected, fields))
  }
  return collected.result(customImageFields)
}

function readFile(file: OpenFile, collected: CollectedObjects, reader: ObjectReader): void {
  const refuse = (start: number, because: string): void => {
    collected.unreadable.push({ place: file.placeOf({ start }), because })
  }
  const binary = file.text.indexOf('\0')
  if (binary >= 0) {
    refuse(binary, 'it is not text: it has a NUL character')
    return
  }
  for (const document of documentsIn(file.text, { opensLists: true })) {
    if ('because' in document) refuse(document.at, withHint(document.because, file.text))
    else {
      readDocument(document.root, reader, refuse)
      readAnswer(document.root, collected, refuse)
    }
  }
}

/** @see Kubernetes, "API Concepts", "Retrieving large results sets in chunks": `continue` tells that there is more */
function readAnswer(
  root: Node | undefined,
  collected: CollectedObjects,
  refuse: (start: number, because: string) => void,
): void {
  const answer = answerIn(root)
  if (answer === undefined) return
  collected.answers += 1
  if (!answer.isWhole) refuse(root?.start ?? 0, 'the list is not whole: the cluster has more of it (metadata.continue)')
}

function readDocument(
  root: Node | undefined,
  reader: ObjectReader,
  refuse: (start: number, because: string) => void,
): void {
  try {
    for (const object of objectsIn(root)) reader.read(object)
  } catch (error) {
    if (!(error instanceof TooManyImages)) throw error
    refuse(root?.start ?? 0, 'it names more than 500,000 images')
  }
}

/** Templates of charts are rarely YAML. */
function withHint(because: string, text: string): string {
  return text.includes('{{')
    ? `${because} (if it is a template of a Helm chart, read the output of helm template)`
    : because
}
