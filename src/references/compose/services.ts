import type { Answer } from './answer.ts'
import { add, hasVariables, imageAt, spanOf } from './image.ts'
import { missingProfiles } from './profiles.ts'
import {
  type Field,
  fieldsOf,
  get,
  itemsOf,
  type MapValue,
  placeOf,
  textOf,
  type Value,
  writtenAt,
} from './values/value.ts'

/** What decides which images the services of a project need. */
export interface Choice {
  /** Enabled profiles. */
  readonly profiles: ReadonlySet<string>
  /** For services that name none (`DOCKER_DEFAULT_PLATFORM`). */
  readonly platform: string | undefined
}

/** A service that counts. */
interface Service {
  readonly name: string
  readonly usedBy: string
  readonly field: Field
  readonly value: MapValue
  readonly platform: string | undefined
}

/**
 * Reads what the services of a project need: all that compose pulls when it brings the project up. That includes the
 * images of services with `scale: 0`, because compose pulls before it counts containers.
 *
 * @returns the services that count
 * @see docker/compose, pkg/compose/pull.go, pullRequiredImages and mustPull
 */
export function readServices(project: MapValue, choice: Choice, answer: Answer): readonly MapValue[] {
  const services = get(project, 'services')
  return fieldsOf(services).flatMap(([name, field]) => {
    const service = countedService(name, field, choice, answer)
    if (service === undefined) return []
    readImage(service, answer)
    readMounts(service, services, answer)
    readHooks(service, answer)
    return [service.value]
  })
}

function countedService(name: string, field: Field, choice: Choice, answer: Answer): Service | undefined {
  const usedBy = `service ${name}`
  const { value } = field
  if (value?.kind !== 'map') {
    const because = 'a service must be a mapping with an image or a build'
    answer.unknown.push({ text: value === undefined ? name : writtenAt(value), place: keyOf(field), usedBy, because })
    return undefined
  }
  const profiles = missingProfiles(get(value, 'profiles'), choice.profiles)
  if (profiles.length === 0)
    return { name, usedBy, field, value, platform: textOf(get(value, 'platform')) ?? choice.platform }
  const because =
    profiles.length === 1
      ? `its profile (${profiles.join()}) is not enabled`
      : `none of its profiles (${profiles.join(', ')}) is enabled`
  answer.leftOut.push({ usedBy, place: keyOf(field), because, profiles })
  return undefined
}

function readImage(service: Service, answer: Answer): void {
  const { name, usedBy, field, value, platform } = service
  const image = get(value, 'image')
  const saysPulled = isPulledByPolicy(value)
  const isBuildable = get(value, 'build') !== undefined && !saysPulled
  const because = whyNotPulled(value)
  const model = modelOfProvider(value)
  if (model !== undefined) {
    add(imageAt(model, `${usedBy}, model`), answer)
  } else if (because !== undefined) {
    answer.leftOut.push({ usedBy, place: image === undefined ? keyOf(field) : placeOf(image), because })
  } else if (image === undefined) {
    answer.unknown.push({ usedBy, ...withoutImage(name, field, value) })
  } else {
    const read = imageAt(image, usedBy, platform)
    add(read, answer)
    if (!('image' in read) || image.kind !== 'text') return
    const span = spanOf(image)
    answer.services.push({
      name,
      image: read.image,
      written: image.node.text,
      place: read.place,
      ...(span === undefined ? {} : { span }),
      hasVariables: hasVariables(image),
      isBuildable,
      saysPulled,
    })
  }
}

/**
 * Why compose does not pull the image of a service. Where it can both pull and build, it pulls first.
 *
 * @see compose specification, 05-services.md, "pull_policy" and "provider"; build.md, "Using build and image"
 */
function whyNotPulled(service: MapValue): string | undefined {
  const provider = get(service, 'provider')
  if (provider !== undefined) return `its provider ${textOf(get(provider, 'type')) ?? ''} runs it`
  const policy = textOf(get(service, 'pull_policy'))
  if (policy === 'build') return 'it is always built here (pull_policy: build)'
  if (policy === 'never') return 'it is never pulled (pull_policy: never)'
  const isOnlyBuilt = get(service, 'image') === undefined && get(service, 'build') !== undefined
  return isOnlyBuilt ? 'it is built here, and has no image of its own' : undefined
}

/**
 * Whether a service says itself that its image is pulled. Then it must be in a registry, also where compose could build it.
 *
 * @see compose specification, 05-services.md, "pull_policy": `always`, `missing`, `if_not_present`, `daily`, `weekly`,
 * `every_<duration>`
 */
function isPulledByPolicy(service: MapValue): boolean {
  const policy = get(service, 'pull_policy')
  return policy !== undefined && !['build', 'never'].includes(textOf(policy) ?? '')
}

/**
 * The AI model that the provider `model` pulls and runs.
 *
 * @see docker docs, "Define AI Models in Docker Compose applications", provider services
 */
function modelOfProvider(service: MapValue): Value | undefined {
  const provider = get(service, 'provider')
  return textOf(get(provider, 'type')) === 'model' ? get(provider, 'options', 'model') : undefined
}

function withoutImage(
  name: string,
  field: Field,
  service: MapValue,
): Pick<Answer['unknown'][number], 'text' | 'place' | 'because'> {
  const base = get(service, 'extends')
  if (base !== undefined)
    return { text: writtenAt(base), place: placeOf(base), because: 'the service that it extends cannot be read' }
  return { text: name, place: keyOf(field), because: 'it has neither an image nor a build' }
}

/**
 * Volumes that are images. A later volume replaces an earlier one at the same place in the container. A source that is
 * the name of a service is what is built for that service.
 *
 * @see compose specification, 05-services.md, "volumes", long syntax, and 13-merge.md, "Unique resources"
 */
function readMounts({ usedBy, value, platform }: Service, services: Value | undefined, answer: Answer): void {
  const mounts = new Map<string, Value>()
  for (const volume of itemsOf(get(value, 'volumes'))) mounts.set(targetOf(volume), volume)
  for (const volume of mounts.values()) {
    const source = get(volume, 'source')
    if (textOf(get(volume, 'type')) !== 'image' || source === undefined) continue
    const other = get(services, textOf(source) ?? '')
    if (get(other, 'build') === undefined || get(other, 'image') !== undefined)
      add(imageAt(source, `${usedBy}, image volume ${textOf(get(volume, 'target')) ?? ''}`.trimEnd(), platform), answer)
  }
}

function targetOf(volume: Value): string {
  const text = textOf(volume)
  const [, target] = text === undefined ? [] : (/^(?:[a-z]:[\\/][^:]*|[^:]*):([^:]*)/i.exec(text) ?? [])
  const path = text === undefined ? textOf(get(volume, 'target')) : (target ?? text)
  return (path ?? `at ${volume.start}`).replace(/(?<=.)\/+$/, '')
}

/**
 * Containers that run before the service. One without an image has that of the service.
 *
 * @see compose specification, 05-services.md, "pre_start"
 */
function readHooks({ usedBy, value, platform }: Service, answer: Answer): void {
  if (textOf(get(value, 'pull_policy')) === 'never') return
  itemsOf(get(value, 'pre_start')).forEach((hook, n) => {
    const image = get(hook, 'image')
    if (image !== undefined) add(imageAt(image, `${usedBy}, pre_start ${n + 1}`, platform), answer)
  })
}

function keyOf({ file, at }: Field): ReturnType<typeof placeOf> {
  return file.placeAt(at)
}
