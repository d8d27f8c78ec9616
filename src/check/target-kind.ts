/** What kind of source a target is, as reports name it. `references`: files that name images. */
export type TargetKind = 'distribution' | 'api' | 'references'
