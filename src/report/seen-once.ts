/** What every report says of a finding that is not confirmed. */
export const SEEN_ONCE: string =
  'Seen once only: no second look confirmed it, so it does not count as damage yet. Scan again.'
