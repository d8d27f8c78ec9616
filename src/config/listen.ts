/** The address that a server listens on. */
export interface Place {
  /** A name or an address, without brackets. */
  readonly host: string
  readonly port: number
}

/** The syntax of addresses: `HOST:PORT`, `[ADDRESS]:PORT`, `:PORT` or `PORT`. */
export const LISTEN: RegExp =
  /^(?:(?:\[(?<address>[0-9a-fA-F:.]+(?:%[\w.-]+)?)\]|(?<name>[a-zA-Z0-9.-]+))?:)?(?<port>\d{1,5})$/

/** The end of the error for a wrong address. */
export const EXPECTED_LISTEN = 'expected HOST:PORT, [ADDRESS]:PORT or :PORT, such as 127.0.0.1:9847 or [::]:9847'

/** All addresses of this machine, IPv6 and IPv4. */
export const EVERYWHERE = '::'
const HIGHEST_PORT = 65_535

/** @returns `undefined` if the syntax is wrong; without a host it means all addresses, as in Go */
export function parseListen(text: string): Place | undefined {
  const { address, name, port } = LISTEN.exec(text)?.groups ?? {}
  if (port === undefined || Number(port) > HIGHEST_PORT) return undefined
  return { host: address ?? name ?? EVERYWHERE, port: Number(port) }
}

/** An address in the form `HOST:PORT`. */
export function placeText({ host, port }: Place): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
