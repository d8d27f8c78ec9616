import type { Answer } from './answer.ts'
import { add, imageAt } from './image.ts'
import { fieldsOf, get, itemsOf, type MapValue, textOf } from './values/value.ts'

/**
 * AI models that a service uses. Each is an OCI artifact, and is pulled like an image.
 *
 * @param services those that count
 * @see compose specification, models.md, and 05-services.md, "models"
 */
export function readModels(project: MapValue, services: readonly MapValue[], answer: Answer): void {
  const used = new Set(services.flatMap((service) => namesIn(service)))
  for (const [name, { file, at, value }] of fieldsOf(get(project, 'models'))) {
    const usedBy = `model ${name}`
    const place = file.placeAt(at)
    const model = get(value, 'model')
    if (!used.has(name)) answer.leftOut.push({ usedBy, place, because: 'no service that is enabled uses it' })
    else if (model === undefined)
      answer.unknown.push({ text: name, place, usedBy, because: 'it does not say which model' })
    else add(imageAt(model, usedBy), answer)
  }
}

/** The models of a service: a list of names, or a mapping. */
function namesIn(service: MapValue): readonly string[] {
  const models = get(service, 'models')
  return models?.kind === 'map'
    ? fieldsOf(models).map(([name]) => name)
    : itemsOf(models).flatMap((item) => textOf(item) ?? [])
}
