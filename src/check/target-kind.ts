/** What kind of source a target is, as reports name it. */
export type TargetKind = 'distribution' | 'api'
