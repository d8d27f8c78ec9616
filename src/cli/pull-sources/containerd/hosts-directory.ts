import { statSync } from 'node:fs'
import { join } from 'node:path'
import { isDigest } from '../../../oci/digest.ts'
import type { Reference } from '../../../oci/reference.ts'
import { codeOf } from '../../files/error-code.ts'
import { namespaceOf, type PullRoute, type PullSource, type RouteOf, registryOf } from '../pull-source.ts'
import { isTomlFile, readToml } from '../toml/toml-file.ts'
import { readCertificates } from './certificates.ts'
import { type ContainerdHost, type HostsFile, readHostsFile } from './hosts-file.ts'

/**
 * The directories of containerd's `config_path`. Only those of the registries that are asked for are read.
 *
 * @param problems gets a sentence for each thing that cannot be used
 * @see containerd, docs/hosts.md
 */
export function hostsDirectory(root: string, problems: string[]): RouteOf {
  if (kindAt(root, problems) === undefined) problems.push(`--hosts-dir: ${root} does not exist`)
  const known = new Map<string, HostsFile | undefined>()
  return (reference) => {
    const namespace = namespaceOf(reference)
    const file = known.has(namespace) ? known.get(namespace) : hostsOf(root, namespace, problems)
    known.set(namespace, file)
    return file && routeOf(reference, namespace, file, root)
  }
}

/** The first of its directories that exists is used, whatever is in it. */
function hostsOf(root: string, namespace: string, problems: string[]): HostsFile | undefined {
  const directory = directoriesOf(namespace)
    .map((name) => join(root, name))
    .find((path) => kindAt(path, problems) !== undefined)
  if (directory === undefined) return undefined
  const read = readToml(join(directory, 'hosts.toml'), false)
  if (isTomlFile(read) && !read.isEmpty) return readHostsFile(read, directory, problems)
  if (!isTomlFile(read) && read.is === 'refused') {
    problems.push(`--hosts-dir: ${read.why}`)
    return undefined
  }
  const settings = readCertificates(directory, problems)
  return { hosts: [{ url: undefined, isWholePath: false, mayBePlain: false, ...ALL, settings }], unknown: [] }
}

const ALL = { pulls: true, resolves: true }

/** @see containerd, docs/hosts.md, "Port Handling in Registry Host" */
function directoriesOf(namespace: string): readonly string[] {
  const port = /:(?<port>\d+)$/.exec(namespace)?.groups?.['port']
  const withPort = port === undefined ? [] : [`${namespace.slice(0, -port.length - 1)}_${port}_`]
  return [...withPort, namespace, '_default']
}

function routeOf(reference: Reference, namespace: string, { hosts, unknown }: HostsFile, root: string): PullRoute {
  const sources = hosts.filter(({ pulls }) => pulls).map((host) => sourceOf(host, reference, namespace))
  if (!isDigest(reference.wanted) && sources.every(({ mayResolve }) => !mayResolve))
    return { is: 'blocked', by: `${root}: no host of ${namespace} may resolve a tag and be pulled from` }
  if (sources.length === 0) return { is: 'blocked', by: `${root}: no host of ${namespace} may be pulled from` }
  return { is: 'sources', sources, isOneForAll: false, unknown }
}

function sourceOf(host: ContainerdHost, reference: Reference, namespace: string): PullSource {
  const { url, settings, resolves: mayResolve } = host
  if (url === undefined) return registryOf(reference, settings)
  const isRegistry = new URL(url).origin === new URL(reference.origin).origin
  return {
    url,
    repository: reference.repository,
    // "If a host is configured that's different to the registry host namespace": the port counts too.
    ...(isNamespace(url, namespace) ? {} : { namespace }),
    isWholePath: host.isWholePath,
    mayBePlain: host.mayBePlain,
    mayResolve,
    isRegistry,
    settings,
  }
}

/** @see containerd, core/remotes/docker/registry.go, `isProxy` */
function isNamespace(url: string, namespace: string): boolean {
  const { host } = new URL(url)
  return host === namespace || (namespace === 'docker.io' && host === 'registry-1.docker.io')
}

function kindAt(path: string, problems: string[]): 'something' | undefined {
  try {
    statSync(path)
    return 'something'
  } catch (error) {
    if (codeOf(error) !== 'ENOENT')
      problems.push(`--hosts-dir: cannot read ${path}: ${error instanceof Error ? error.message : ''}`)
    return undefined
  }
}
