import type { OptionValues } from '../options/option-values.ts'
import { type MirrorsByHost, readMirrors } from './mirrors.ts'

/** Options that say from where the container runtime pulls, as given. */
export interface RuntimeWords {
  readonly mirror: readonly string[]
  readonly hostsDir?: string | undefined
  readonly registriesConf?: string | undefined
}

/** From where the container runtime pulls. At most one of these is set. */
export interface Runtime {
  readonly mirrors: MirrorsByHost
  /** The directory of containerd's `hosts.toml` files. */
  readonly hostsDir: string | undefined
  /** The file of podman, CRI-O, buildah and skopeo. */
  readonly registriesConf: string | undefined
}

/** Reads the options about where the container runtime pulls from. The files that they name are read later. */
export function readRuntime({ mirror, hostsDir, registriesConf }: RuntimeWords, values: OptionValues): Runtime {
  const given = [
    ...(mirror.length > 0 ? ['--mirror'] : []),
    ...(hostsDir === undefined ? [] : ['--hosts-dir']),
    ...(registriesConf === undefined ? [] : ['--registries-conf']),
  ]
  if (given.length > 1) values.problems.push(`${given.join(' and ')}: use one: they are for different runtimes`)
  return { mirrors: readMirrors(mirror, values), hostsDir, registriesConf }
}

/** The URLs of all mirrors that options name. */
export function mirrorUrls({ mirrors }: Runtime): readonly string[] {
  return [...mirrors.values()].flatMap(({ urls }) => urls)
}
