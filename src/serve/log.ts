/** Every log event: a stable name for programs, and a message for people. docs/serve.md lists them. */
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

/** The name of a log event. */
export type ServeEvent = keyof typeof SERVE_EVENTS

/** Writes a log event. The fields must not contain secrets. */
export type ServeLog = (
  level: 'debug' | 'info' | 'warn' | 'error',
  event: ServeEvent,
  fields?: Readonly<Record<string, unknown>>,
) => void
