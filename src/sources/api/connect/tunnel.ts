import type { ProxyAgent } from 'undici'
import connect from 'undici/lib/api/api-connect.js'
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js'
import Tunnel from 'undici/lib/dispatcher/proxy-agent.js'

// A tunnel asks for it. undici's index puts it there, with all else that it brings.
Dispatcher.prototype.connect = connect

export function tunnelThrough(options: ProxyAgent.Options): ProxyAgent {
  return new Tunnel(options)
}
