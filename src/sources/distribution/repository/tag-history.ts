import type { Evidence } from '../../../check/findings/evidence.ts'
import { StoreError } from '../../../check/store-error.ts'
import { type Digest, hashAlgorithmOf, isDigest } from '../../../oci/digest.ts'
import type { TagName } from '../../../oci/names.ts'
import type { StorageDriver } from '../driver.ts'

/**
 * The images that a tag has named, so that a lost link can be restored.
 *
 * A push writes `tags/<tag>/index/<algorithm>/<hex>/link`, also when the tag goes back to an image that it has named before.
 * So the link that was written last is the last push; the time of its directory is that of the first push of that image.
 *
 * @see distribution, `tagStore.Tag`
 */
export class TagHistory {
  readonly #driver: StorageDriver
  readonly #tags: string

  constructor(driver: StorageDriver, tags: string) {
    this.#driver = driver
    this.#tags = tags
  }

  /**
   * `history`: digests, the last push first. `lastPushed`: what the tag named, if known.
   * @param content the content of the tag's link, as in the evidence
   */
  of(tag: TagName, content?: string): Evidence {
    const named = digestWithin(content)
    const entries = this.#entries(tag)
    const [last, next] = entries
    const lastPushed = named ?? (last && last.at !== next?.at ? last.digest : undefined)
    return {
      ...(entries.length > 0 && { history: entries.map(({ digest }) => digest) }),
      ...(lastPushed !== undefined && { lastPushed }),
    }
  }

  #entries(tag: TagName): readonly { readonly digest: Digest; readonly at: number }[] {
    const home = `${this.#tags}/${tag}/index`
    return this.#directories(home)
      .flatMap((algorithm) =>
        this.#directories(`${home}/${algorithm}`).flatMap((encoded) => {
          const digest = `${algorithm}:${encoded}`
          if (!isDigest(digest) || hashAlgorithmOf(digest) === undefined) return []
          return [{ digest, at: this.#timeOf(`${home}/${algorithm}/${encoded}`) }]
        }),
      )
      .sort((a, b) => b.at - a.at)
  }

  /** Milliseconds. The name of the directory is the digest, even if its link is damaged. */
  #timeOf(entry: string): number {
    return (this.#statsOf(`${entry}/link`) ?? this.#statsOf(entry))?.mtimeMs ?? 0
  }

  #statsOf(path: string): { readonly mtimeMs: number } | undefined {
    return orNothing(() => this.#driver.stat(path))
  }

  #directories(path: string): readonly string[] {
    return orNothing(() => this.#driver.list(path)?.directories) ?? []
  }
}

/** A link with extra newlines or blanks still shows what it named. */
export function digestWithin(content: string | undefined): Digest | undefined {
  if (content === undefined || !content.startsWith('"')) return undefined
  const text = String(JSON.parse(content)).trim()
  return isDigest(text) && hashAlgorithmOf(text) !== undefined ? text : undefined
}

/** It only helps to repair: the tag is broken whether or not its history can be read. */
function orNothing<T>(read: () => T | undefined): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof StoreError) return undefined
    throw error
  }
}
