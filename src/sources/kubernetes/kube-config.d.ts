// Types of what we use of the client: its own would bring those of the whole API. See docs/decisions/0033-kubernetes-client.md.
declare module '@kubernetes/client-node/dist/config.js' {
  import type { RequestOptions } from 'node:https'

  export class KubeConfig {
    loadFromFile(file: string): void
    loadFromDefault(): void
    getContexts(): readonly { readonly name: string }[]
    getCurrentContext(): string | undefined
    setCurrentContext(name: string): void
    getCurrentCluster(): { readonly server: string; skipTLSVerify?: boolean } | null
    /** Adds the credentials and an agent with the authorities of the cluster. May run a command or ask a token server. */
    applyToHTTPSOptions(options: RequestOptions): Promise<void>
  }
}
