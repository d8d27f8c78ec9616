/** What is logged: a name for machines, which stays, and a message for people. docs/serve.md lists them. */
export const SERVE_EVENTS = {
  'serve.started': 'serve started',
  'serve.stopping': 'serve is stopping',
  'scan.started': 'scan started',
  'scan.finished': 'scan finished',
  'scan.stopped': 'scan stopped',
  'scan.said': 'scan wrote to stderr',
  'config.reloaded': 'configuration reloaded',
  'config.restart-needed': 'changed settings need a restart',
  'config.refused': 'configuration rejected, the previous one stays in use',
  'state.failed': 'state could not be read or written',
  'http.failed': 'request could not be answered',
} as const

export type ServeEvent = keyof typeof SERVE_EVENTS

/** Tells whoever reads logs. Fields are data; nothing secret is ever among them. */
export type Log = (
  level: 'debug' | 'info' | 'warn' | 'error',
  event: ServeEvent,
  fields?: Readonly<Record<string, unknown>>,
) => void
