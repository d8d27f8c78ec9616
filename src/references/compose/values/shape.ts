/**
 * The keys of a compose file that matter here. All others are left out when it is read, and so is everything below
 * them. `*` is any key, `[]` is the items of a sequence.
 */
export interface Shape {
  readonly [key: string]: Shape
}

const VALUE: Shape = {}
const TEXTS: Shape = { '[]': VALUE }

const SERVICE: Shape = {
  image: VALUE,
  // Only whether there is one: a text, or a mapping.
  build: VALUE,
  platform: VALUE,
  pull_policy: VALUE,
  profiles: TEXTS,
  scale: VALUE,
  deploy: { replicas: VALUE },
  provider: { type: VALUE, options: { model: VALUE } },
  models: { '*': VALUE, '[]': VALUE },
  volumes: { '[]': { type: VALUE, source: VALUE, target: VALUE } },
  pre_start: { '[]': { image: VALUE } },
  extends: { service: VALUE, file: VALUE },
}

/** @see compose specification, 05-services.md, 14-include.md, models.md */
export const COMPOSE_FILE: Shape = {
  name: VALUE,
  include: { '[]': { path: TEXTS, project_directory: VALUE, env_file: TEXTS } },
  services: { '*': SERVICE },
  models: { '*': { model: VALUE } },
}

/** The shape of what stands below a key, if it matters. */
export function below(shape: Shape, key: string): Shape | undefined {
  return Object.hasOwn(shape, key) ? shape[key] : shape['*']
}
