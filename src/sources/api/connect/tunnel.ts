import type { ProxyAgent } from 'undici'
import connect from 'undici/lib/api/api-connect.js'
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js'
import Tunnel from 'undici/lib/dispatcher/proxy-agent.js'

// ProxyAgent calls `connect`, which only undici's index adds to the prototype; the index would load all of undici.
Dispatcher.prototype.connect = connect

/** An agent that sends requests through a proxy. */
export function tunnelThrough(options: ProxyAgent.Options): ProxyAgent {
  return new Tunnel(options)
}
