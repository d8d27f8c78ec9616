import type { Session } from './session.ts'
import { TooManyValues } from './values/convert.ts'
import { merge } from './values/merge.ts'
import {
  emptyMap,
  type Field,
  fieldsOf,
  get,
  itemsOf,
  type MapValue,
  type ProjectFile,
  placeOf,
  textOf,
  type Value,
} from './values/value.ts'
import type { Environment } from './variables/environment.ts'

/** How long a chain of services that extend each other may be. */
const LONGEST = 100

/** A file whose services may extend each other, and those of other files. */
interface Family {
  readonly file: ProjectFile
  /** A file in the directory that paths to other files are relative to. */
  readonly base: string
  readonly services: ReadonlyMap<string, Field>
  /** Services that already have what they inherit. */
  readonly done: Map<string, MapValue>
}

/**
 * Adds to each service what it inherits (`extends`). A service that cannot inherit keeps its `extends`: what it does not
 * say itself is unknown.
 *
 * Relative to the project's directory, as compose does it, and not to the file: paths of `extends.file`, but those of
 * a file that was extended are relative to that file.
 *
 * @see compose specification, 05-services.md, "extends"; compose-go, loader/extends.go
 */
export class Inheritance {
  readonly #session: Session
  readonly #environment: Environment
  /** The families of files that were extended, by name. */
  readonly #families = new Map<string, Family>()

  constructor(session: Session, environment: Environment) {
    this.#session = session
    this.#environment = environment
  }

  /** @param base a file in the project's directory */
  applyTo(layer: MapValue, file: ProjectFile, base: string): MapValue {
    const services = layer.fields.get('services')
    if (services?.value?.kind !== 'map') return layer
    const family: Family = { file, base, services: services.value.fields, done: new Map() }
    const value = { ...services.value, fields: this.#wholeFields(family) }
    return { ...layer, fields: new Map(layer.fields).set('services', { ...services, value }) }
  }

  #wholeFields(family: Family): ReadonlyMap<string, Field> {
    const fields = new Map(family.services)
    try {
      for (const [name, field] of fields) {
        if (get(field.value, 'extends') !== undefined)
          fields.set(name, { ...field, value: this.#whole(name, family, []) })
      }
    } catch (error) {
      if (!(error instanceof TooManyValues)) throw error
      this.#session.report(family.file.placeAt(0), error.message)
    }
    return fields
  }

  /** @param chain the services that inherit from this one, the first asked first */
  #whole(name: string, family: Family, chain: readonly string[]): Value | undefined {
    const done = family.done.get(name)
    if (done !== undefined) return done
    const service = family.services.get(name)?.value
    const how = get(service, 'extends')
    if (service?.kind !== 'map' || how === undefined) return service
    const inherited = this.#inheritedBy(how, family, [...chain, `${name} in ${family.file.name}`])
    const whole = inherited === undefined ? service : this.#merged(inherited, service)
    family.done.set(name, whole)
    return whole
  }

  #inheritedBy(how: Value, family: Family, chain: readonly string[]): MapValue | undefined {
    const from = how.kind === 'text' ? how : get(how, 'service')
    const name = textOf(from)
    if (from === undefined || name === undefined) return this.#refuse(how, whyUnknown(from))
    const file = get(how, 'file')
    const parents = file === undefined ? family : this.#familyOf(file, family)
    if (parents === undefined) return undefined
    const parent = `${name} in ${parents.file.name}`
    if (chain.includes(parent))
      return this.#refuse(how, `extends leads back to itself: ${[...chain, parent].join(', ')}`)
    if (chain.length > LONGEST) return this.#refuse(how, `extends is longer than ${LONGEST} services`)
    if (!parents.services.has(name))
      return this.#refuse(how, `there is no service ${name} in ${parents.file.name} to extend`)
    const whole = this.#whole(name, parents, chain)
    return whole?.kind === 'map' ? whole : emptyMap(from.file)
  }

  #familyOf(path: Value, { base }: Family): Family | undefined {
    if (path.kind !== 'text') this.#refuse(path, 'the file of extends must be text')
    const file = path.kind === 'text' ? this.#session.open(base, path) : undefined
    if (file === undefined) return undefined
    const known = this.#families.get(file.name)
    if (known !== undefined) return known
    const layers = this.#session.layersOf(file, this.#environment)
    const services = get(layers.reduce<MapValue>(merge, emptyMap(file)), 'services')
    const family = { file, base: file.name, services: new Map(fieldsOf(services)), done: new Map<string, MapValue>() }
    this.#families.set(file.name, family)
    return family
  }

  /** What a service says itself wins. */
  #merged(inherited: MapValue, service: MapValue): MapValue {
    const own = new Map(service.fields)
    own.delete('extends')
    const whole = merge(inherited, { ...service, fields: own })
    this.#session.budget.spend(itemsOf(get(whole, 'volumes')).length + itemsOf(get(whole, 'pre_start')).length)
    return whole
  }

  #refuse(value: Value, because: string): MapValue | undefined {
    this.#session.report(placeOf(value), because)
    return undefined
  }
}

function whyUnknown(service: Value | undefined): string {
  if (service?.kind === 'text' && 'because' in service.outcome) return service.outcome.because
  return 'extends must name a service'
}
