/** What BuildKit gives a manifest that speaks of an image instead of being one. */
const OF_ATTESTATIONS = 'unknown/unknown'

/** A platform as people read it. Reports for programs keep it as the index names it. */
export function platformName(platform: string): string {
  return platform === OF_ATTESTATIONS ? 'attestation' : platform
}
