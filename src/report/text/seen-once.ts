/** The sentence of every report about an unconfirmed finding. */
export const SEEN_ONCE: string =
  'Seen only once: it was not checked again, so it does not count as damage yet. Scan again.'
