/** What every report says of a finding that is not confirmed. */
export const SEEN_ONCE: string =
  'Seen only once: it was not checked again, so it does not count as damage yet. Scan again.'
