import type { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import { ApiFailure } from './api-failure.ts'
import type { ClusterSettings } from './settings.ts'

/** The name that the client gives to the cluster that it assumes where there is no configuration. */
const ASSUMED = 'loaded-context'

/**
 * Reads how to reach a cluster and with which credentials, as kubectl does. The client is loaded here, and nowhere else.
 *
 * @throws {ApiFailure}
 */
export async function readAccount({ kubeconfig, context }: ClusterSettings): Promise<KubeConfig> {
  const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js')
  const config = new KubeConfig()
  try {
    if (kubeconfig === undefined) config.loadFromDefault()
    else config.loadFromFile(kubeconfig)
  } catch (error) {
    throw new ApiFailure('failed', `the kubeconfig cannot be read: ${withoutContent(error)}`)
  }
  choose(config, context)
  const cluster = config.getCurrentCluster()
  if (cluster === null || !URL.canParse(cluster.server))
    throw new ApiFailure(
      'failed',
      `the kubeconfig has no cluster for the context ${config.getCurrentContext() ?? '""'}`,
    )
  // The client refuses plain HTTP without it. As with kubectl, `http://` is what the user wrote.
  if (cluster.server.startsWith('http:')) cluster.skipTLSVerify = true
  return config
}

function choose(config: KubeConfig, context: string | undefined): void {
  const names = config.getContexts().map(({ name }) => name)
  if (context !== undefined) {
    if (!names.includes(context))
      throw new ApiFailure('failed', `the kubeconfig has no context ${context} (it has ${names.join(', ') || 'none'})`)
    config.setCurrentContext(context)
  } else if (config.getCurrentContext() === ASSUMED)
    throw new ApiFailure('failed', 'there is neither a kubeconfig nor the service account of a pod')
}

/** Parsers quote what they read, and that may be a token. */
export function withoutContent(error: unknown): string {
  if (!(error instanceof Error)) return 'an unknown error'
  if (error.name === 'YAMLException') return 'it is not valid YAML'
  if (error instanceof SyntaxError) return 'it is not valid JSON'
  if (error instanceof TypeError) return 'it is not a kubeconfig'
  return error.message.split('\n', 1)[0] ?? ''
}
