/** What kind of source a target is, as reports name it. */
export type TargetKind = 'distribution' | 's3' | 'oci-layout' | 'api'
