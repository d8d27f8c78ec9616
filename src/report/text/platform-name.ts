/** The platform that BuildKit gives to attestations. */
const OF_ATTESTATIONS = 'unknown/unknown'

/** A platform for people. Reports for programs keep the name from the index. */
export function platformName(platform: string): string {
  return platform === OF_ATTESTATIONS ? 'attestation' : platform
}
