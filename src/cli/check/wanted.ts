import type { Reference } from '../../oci/reference.ts'
import type { ImageNeed } from '../../references/needs.ts'
import type { Credential } from '../../sources/api/auth/credentials.ts'

/** An image to check. */
export interface Wanted extends Reference {
  /** Its text on the command line, or in the first file that names it. */
  readonly text: string
  /** From `parsePlatform`. */
  readonly platform?: string | undefined
  /** Finds the credential of its pull secrets; `undefined`: that of the docker config. @throws {TargetError} */
  readonly credential?: (() => Credential | undefined) | undefined
  /** What needs it, if a file of `--from` names it. */
  readonly need?: ImageNeed
}
