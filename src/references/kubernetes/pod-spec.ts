import { child, itemsOf, type Node, textOf } from '../yaml/node.ts'

/** A place in a pod that names an image. */
export interface PodImage {
  /** For people: `container app`, `init container migrate`, `image volume models`. */
  readonly what: string
  readonly image: Node
  /** What runs there, as the cluster reports it. */
  readonly running?: string
}

/** The lists of containers of a pod, what each is called, and the status that belongs to it. @see core/v1 PodSpec, PodStatus */
const LISTS = [
  { key: 'initContainers', what: 'init container', statuses: 'initContainerStatuses' },
  { key: 'containers', what: 'container', statuses: 'containerStatuses' },
  { key: 'ephemeralContainers', what: 'ephemeral container', statuses: 'ephemeralContainerStatuses' },
] as const

/** The keys of a pod spec that name images. */
export const POD_IMAGE_KEYS: readonly string[] = [...LISTS.map(({ key }) => key), 'volumes']

/**
 * Everything in a pod that names an image. A container without the key `image` is left out: patches and templates of
 * operators have such containers, and a pod without an image cannot exist.
 *
 * @param status of the pod, if it runs
 * @see core/v1 Container.image; Volume.image.reference (ImageVolumeSource)
 */
export function imagesOfPod(spec: Node, status?: Node): readonly PodImage[] {
  const containers = LISTS.flatMap(({ key, what, statuses }) => {
    const running = runningIn(child(status, statuses))
    return itemsOf(child(spec, key)).flatMap((container, index) => {
      const image = child(container, 'image')
      if (image === undefined) return []
      const name = nameOf(container)
      const id = name === undefined ? undefined : running.get(name)
      return [{ what: `${what} ${name ?? `number ${index + 1}`}`, image, ...(id === undefined ? {} : { running: id }) }]
    })
  })
  const volumes = itemsOf(child(spec, 'volumes')).flatMap((volume, index) => {
    const image = child(volume, 'image', 'reference')
    return image === undefined ? [] : [{ what: `image volume ${nameOf(volume) ?? `number ${index + 1}`}`, image }]
  })
  return [...containers, ...volumes]
}

/** The image ids by the names of containers. A container that is still pulling has an empty one. */
function runningIn(statuses: Node | undefined): ReadonlyMap<string, string> {
  const ids = new Map<string, string>()
  for (const status of itemsOf(statuses)) {
    const name = nameOf(status)
    const id = textOf(child(status, 'imageID'))
    if (name !== undefined && id !== undefined && id !== '') ids.set(name, id)
  }
  return ids
}

function nameOf(node: Node): string | undefined {
  const name = textOf(child(node, 'name'))
  return name === '' ? undefined : name
}
