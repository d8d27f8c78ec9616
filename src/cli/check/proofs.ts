import type { ScanEvent } from '../../check/events.ts'
import { isSkip } from '../../check/store-error.ts'
import { imageName } from '../../oci/image-name.ts'
import { isPlatform } from '../../oci/platform.ts'
import type { Wanted } from './wanted.ts'

/** Collects the result of each image. Events come in the order of the images. */
export class Proofs {
  readonly #images: readonly Wanted[]
  readonly #expected: string | undefined
  readonly #found = new Map<number, Found>()
  readonly #complete = new Set<number>()
  /** Images of which something was skipped, so that they are not proved. */
  readonly #skipped = new Map<number, string>()
  #now = -1

  /** @param expected the digest that the image must have */
  constructor(images: readonly Wanted[], expected: string | undefined) {
    this.#images = images
    this.#expected = expected
  }

  take(event: ScanEvent): void {
    if (event.type === 'target') this.#now++
    if (event.type === 'tag' && event.record.digest !== undefined) {
      const { digest, verdict, platforms = [] } = event.record
      this.#found.set(this.#now, { digest, isWhole: verdict === 'intact', platforms })
    }
    if (event.type === 'unchecked' && isSkip(event.record.because) && event.record.because !== 'BUILT_HERE')
      this.#skipped.set(this.#now, `${event.record.digest} was not checked (${event.record.because})`)
    if (event.type === 'summary' && event.complete) this.#complete.add(this.#now)
  }

  /** `name@sha256:…` of every proved image; with a platform, of the manifest that it pulls. */
  proved(): string[] {
    return this.#images.flatMap((image, n) => {
      const found = this.#found.get(n)
      if (!found?.isWhole || !this.#complete.has(n) || this.#problemWith(image, n, found) !== undefined) return []
      return provedBy(image, found).map((digest) => imageName(image.name, digest))
    })
  }

  /** A sentence for each image that has another digest than expected, lacks the platform, or was not checked. */
  problems(): string[] {
    return this.#images.flatMap((image, n) => {
      const found = this.#found.get(n)
      // Of an image that a file names, a finding says that it has nothing for a platform.
      if (found === undefined || (image.need !== undefined && !this.#skipped.has(n))) return []
      return this.#problemWith(image, n, found) ?? []
    })
  }

  #problemWith(image: Wanted, n: number, found: Found): string | undefined {
    const { text, platform } = image
    const digest = this.#expected
    const proves = provedBy(image, found)
    const skipped = this.#skipped.get(n)
    if (skipped !== undefined) return `${text} is not verified: ${skipped}`
    if (platform !== undefined && found.isWhole && proves.length === 0) {
      const others = found.platforms.map(({ platform }) => platform)
      return `${text} has nothing for ${platform}; it has ${others.length === 0 ? 'no platform at all' : others.join(', ')}`
    }
    if (digest === undefined || found.digest === digest || proves.includes(digest)) return undefined
    return `${text} is ${found.digest}, not ${digest}`
  }
}

/** The digests that a pull of the image may end with. */
function provedBy({ platform: wanted }: Wanted, { digest, platforms }: Found): string[] {
  if (wanted === undefined) return [digest]
  return [...new Set(platforms.filter(({ platform }) => isPlatform(platform, wanted)).map(({ digest }) => digest))]
}

interface Found {
  readonly digest: string
  readonly isWhole: boolean
  readonly platforms: readonly { readonly platform: string; readonly digest: string }[]
}
