/** Tells whoever reads logs. Fields are data; nothing secret is ever among them. */
export type Log = (
  level: 'debug' | 'info' | 'warn' | 'error',
  event: string,
  fields?: Readonly<Record<string, unknown>>,
) => void
