import type { Reference } from '../../oci/reference.ts'
import { UsageError } from '../options/usage-error.ts'
import { throughMirrors } from './mirrors.ts'
import type { PullRoute, RouteOf } from './pull-source.ts'
import type { Runtime } from './runtime.ts'

/**
 * From where each image is pulled, in the order of the images. Files of the runtime are read here, and their reader is loaded
 * only where one is named.
 *
 * @param onNotUsed gets a sentence for each setting that is not used
 * @throws {UsageError} with a line for each thing that cannot be used
 */
export async function routesOf(
  images: readonly Reference[],
  runtime: Runtime | undefined,
  onNotUsed: (sentence: string) => void,
): Promise<readonly (PullRoute | undefined)[]> {
  if (runtime === undefined) return images.map(() => undefined)
  const problems: string[] = []
  const routeOf = await plannerOf(runtime, problems, onNotUsed)
  const routes = images.map((image) => routeOf(image))
  if (problems.length > 0) throw new UsageError([...new Set(problems)])
  return routes
}

async function plannerOf(
  { mirrors, hostsDir, registriesConf: conf }: Runtime,
  problems: string[],
  onNotUsed: (sentence: string) => void,
): Promise<RouteOf> {
  if (hostsDir !== undefined) {
    const { hostsDirectory } = await import('./containerd/hosts-directory.ts')
    return hostsDirectory(hostsDir, problems)
  }
  if (conf !== undefined) {
    const { registriesConf } = await import('./registries-conf/registries-conf.ts')
    return registriesConf(conf, problems, onNotUsed)
  }
  return throughMirrors(mirrors)
}
